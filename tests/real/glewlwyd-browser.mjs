// glewlwyd's pages are a program of their own; what they do is done through its API: log in, grant
// the client its scopes, and then go on with the address.
import { Browser } from './browser.mjs';

export async function glewlwydBrowser(w) {
	const { admin, user } = w.glewlwyd;
	const browser = new Browser(w.ca, user.name);
	const call = async (method, path, json) => {
		const res = await browser.http.request(`${admin.api}/${path}`, { method, json });
		if (res.status !== 200)
			throw new Error(`glewlwyd ${path}: ${res.status} ${res.body.slice(0, 200)}`);
	};
	await call('POST', 'auth/', { username: user.name, password: user.password });
	await call('PUT', 'auth/grant/app-basic', { scope: 'openid profile' });
	const open = (url, more) => browser.open(`${url}&g_continue`, more);
	return {
		open,
		async logIn(url) {
			const end = await open(url);
			return end.body?.includes('Back to tokentriage') ? end
				: { error: `the browser ended at ${end.url}: ${end.status} ${end.body?.slice(0, 200)}` };
		},
		async confirm({ complete, url, code }) {
			const address = complete ?? `${url}?code=${code}`;
			const end = await open(address);
			return end.url.includes('prompt=deviceComplete') ? end
				: { error: `the device's page ended at ${end.url}: ${end.status}` };
		},
	};
}
