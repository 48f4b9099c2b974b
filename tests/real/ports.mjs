// Ports that have to be named before anybody listens on them: in a redirect URI that is registered
// with a server, in a configuration that takes a number only.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const TRIES = 100;
const FIRST = 10240;

// From where on the system hands ports out by itself.
function systemsOwn() {
	try {
		return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
	} catch {
		return 32768;
	}
}

function isFree(port) {
	return new Promise((done) => {
		const probe = createServer();
		probe.on('error', () => done(false));
		probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
	});
}

// A port at random, free now, and below those that the system gives to whoever asks for any: the
// other servers and clients of a run cannot come by it until it is used.
export async function portForLater() {
	const end = Math.max(systemsOwn(), FIRST + 1000);
	for (let i = 0; i < TRIES; i++) {
		const port = randomInt(FIRST, end);
		if (await isFree(port))
			return port;
	}
	throw new Error('no port is free');
}
