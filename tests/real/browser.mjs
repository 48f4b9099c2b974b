// A scripted browser: follows redirects, fills in the forms of oidc-provider's development
// interactions, keeps its cookies, and opens the loopback address that it is sent back to.
import { Client } from './http.mjs';

const MAX_STEPS = 16;
const unescape = (s) => s.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#x2F;', '/');

// The first form of a page: {action, fields}, hidden fields filled in.
function formOf(page) {
	const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(page);
	if (!form)
		return undefined;
	const fields = {};
	for (const [tag] of form[2].matchAll(/<input[^>]*>/g)) {
		const name = /name="([^"]*)"/.exec(tag)?.[1];
		if (name)
			fields[name] = unescape(/value="([^"]*)"/.exec(tag)?.[1] ?? '');
	}
	return { action: unescape(form[1]), fields };
}

// What a user types, or presses.
function fillIn(page, user) {
	const form = formOf(page);
	if (!form)
		return undefined;
	if ('login' in form.fields)
		Object.assign(form.fields, { login: user, password: 'any' });
	return form;
}

export class Browser {
	constructor(ca, user = 'user-1') {
		this.http = new Client({ ca });
		this.user = user;
	}

	// Goes on until there is nothing to fill in, or to `last`: {url, status, body}.
	// refuse: presses "Abort" where a form asks for the login.
	async open(start, { refuse = false, last } = {}) {
		let url = start;
		let res = await this.#get(url);
		let pressed = false;
		for (let i = 0; i < MAX_STEPS; i++) {
			if (res.status >= 300 && res.status < 400) {
				url = new URL(res.headers.location, url).href;
				if (last && url.startsWith(last))
					return { url };
				res = await this.#get(url);
				continue;
			}
			if (pressed)	// no, and that is all
				return { url, status: res.status, body: res.body };
			const abort = refuse && /href="([^"]*\/abort)"/.exec(res.body)?.[1];
			const form = res.status === 200 ? fillIn(res.body, this.user) : undefined;
			if (abort) {
				url = new URL(unescape(abort), url).href;
				res = await this.#get(url);
			} else if (form) {
				pressed = refuse && /name="abort"/.test(res.body);
				if (pressed)
					form.fields.abort = 'yes';
				url = new URL(form.action, url).href;
				res = await this.http.post(url, form.fields, { accept: 'text/html' });
			} else {
				return { url, status: res.status, body: res.body };
			}
		}
		throw new Error(`browser: too many steps, now at ${url}`);
	}

	#get(url) {
		return this.http.request(url, { headers: { accept: 'text/html' } });
	}
}
