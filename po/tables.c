/*
 * Which texts of the tables are read by people: never compiled, but preprocessed, so that xgettext finds
 * them (extract.sh).  The row's other members are ids, code, addresses: they are the same in every language.
 */
#define T(text) tt_text(text)

#define LOG_CAT(sym, id, help) T(help)
#include "base/logcats.def"
#define STEP(sym, id, title, question) T(title) T(question)
#include "base/steps.def"

/* states, severities, where a token came from: words that are ids elsewhere */
T("ok") T("warning") T("problem") T("skipped") T("undetermined") T("pending") T("not yet")
T("error") T("info") T("possible")
T("the paste") T("the refresh") T("the login") T("the token exchange") T("the demo")

#define CHALLENGE_PARAM(name, meaning) T(meaning)
#include "oauth/challengeparams.def"
#define CLAIM(name, meaning) T(meaning)
#include "oauth/claims.def"
#define CLIENT_AUTH(sym, name, words) T(words)
#include "oauth/clientauth.def"
#define ENDPOINT(sym, name, words) T(words)
#include "oauth/endpoints.def"
#define LOGIN_CHECK(sym, id, wrong, refs, fix) T(wrong) T(fix)
#include "oauth/loginchecks.def"
#define OAUTH_ERROR(code, defined, meaning) T(meaning)
#include "oauth/oautherrors.def"
#define ODDITY(sym, id, words) T(words)
#include "oauth/oddities.def"
#define PURPOSE(sym, id, words, endpoint, is_probe) T(words)
#include "oauth/purposes.def"
#define TOKEN_MEMBER(role, name, camel, words) T(words)
#include "oauth/tokenmembers.def"

#define NET_ERROR(sym, id, words) T(words)
#include "case/neterrors.def"
#define P_STR(key, help) T(help)
#define P_URL(key, help) T(help)
#define P_BOOL(key, dflt, help) T(help)
#define P_INT(key, dflt, min, max, unit, help) T(help)
#define P_LIST(key, help) T(help)
#define P_SECRET(key, help) T(help)
#define P_TOKEN(key, help) T(help)
#include "case/profile.def"

#define ADVICE(sym, id, words) T(words)
#include "diagnose/advice.def"
#define ALTERNATIVE(of, where, status, words, id, unless, told_by) T(told_by)
#define ALTERNATIVE_BY_INTROSPECTION(of, where, status, words, id, unless, asked, not_asked) T(asked) T(not_asked)
#include "diagnose/alternatives.def"
#define ENTRY(id, title, meaning, shows, told_apart) T(title) T(meaning) T(shows) T(told_apart)
#include "diagnose/catalogue.def"
#define LOGIN_ERROR(code, next) T(next)
#include "diagnose/loginerrors.def"
#define RULE(check, id, severity, step, rank, remedy, ...) T(remedy)
#include "diagnose/rules.def"

#define FAQ(question, answer, defined) T(question) T(answer)
#include "wizard/faq.def"
#define FLOW(sym, id, words, first, grant, refs, takes, whose) T(words) T(takes) T(whose)
#include "wizard/flows.def"
#define TERM(term, sentence, defined) T(term) T(sentence)
#include "wizard/glossary.def"
#define GUIDE_HEAD(text) T(text)
#define GUIDE_TEXT(text) T(text)
#define GUIDE_CODE(text)
#define GUIDE_DEMO(text)
#define GUIDE(step, kind, text) GUIDE_##kind(text)
#include "wizard/guide.def"
#define HANDLE(advice, answer, when, how, say) T(answer) T(when) T(how) T(say)
#include "wizard/handle.def"
#define PROBE(sym, id, level, step, requests, seconds, fits, question, danger, separates) T(question) T(danger)
#include "wizard/probes.def"

#define FORMAT(sym, id, write, label, file) T(label)
#include "report/formats.def"

#define ACTION(sym, id, context, keys, hint, help) tt_hint("hint", hint) T(help)
#include "ui/actions.def"

#define ARGUMENT(action, take, first, second, names, help) T(names) T(help)
#include "ui/arguments.def"

#define GROUP(heading) T(heading)
#define SCENARIO(name, sentence, expects, goal, ...) T(sentence) T(goal)
#include "demo/scenarios.def"
