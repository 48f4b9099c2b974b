/*
 * Ctrl-C while new tokens are on their way: before the program ends as the signal says, it says
 * what is open. For commands without a screen.
 */
#ifndef TT_CLI_IN_FLIGHT_H
#define TT_CLI_IN_FLIGHT_H

enum in_flight { IN_FLIGHT_NOTHING, IN_FLIGHT_REFRESH, IN_FLIGHT_LOGIN };

/*
 * What is on its way now; the first call that names something installs the handlers (SIGINT,
 * SIGTERM, SIGHUP).
 */
void in_flight_is(enum in_flight what);

#endif
