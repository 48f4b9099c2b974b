// Secrets that are written otherwise: under names that no list has but whose last word tells, with their name beside them, and
// wrapped or escaped once more.  Each has a value of its own: name → [value, where it stands], by the place it is planted in.
import { randomBytes } from 'node:crypto';

const b64 = (v) => Buffer.from(v).toString('base64');
const b64url = (v) => Buffer.from(v).toString('base64url');
const twice = (v) => encodeURIComponent(encodeURIComponent(v));

// As tokens are drawn: letters of both kinds and digits mixed.
function drawn(bytes = 24) {
	for (;;) {
		const v = randomBytes(bytes).toString('base64').replace(/[^A-Za-z0-9]/g, '');
		if (/\d.*\d.*\d/.test(v) && /[a-z].*[a-z].*[a-z]/.test(v) && /[A-Z].*[A-Z]/.test(v))
			return v;
	}
}
const typed = () => `hunter2${randomBytes(5).toString('hex')}`;
const once = () => String(10 ** 9 + randomBytes(4).readUInt32BE());

// kind, [a value, text → what is planted]
const table = (rows) => Object.entries(rows).map(([kind, [value, make]]) => ({ kind, value, made: make(value) }));

// members of a JSON body
export const members = table({
	'second factor\'s token': [drawn(), (v) => ({ mfa_token: v })],
	'session under its name': [drawn(), (v) => ({ 'connect.session': v })],
	'key of a storage account': [drawn(), (v) => ({ accountKey: v })],
	'permission ticket': [drawn(), (v) => ({ ticket: v })],
	'signature of an address': [drawn(), (v) => ({ next: `https://files.example/a?se=2026&sig=${v}&sp=r` })],
	'code of a message': [once(), (v) => ({ sms_code: v })],
	'recovery codes': [typed(), (v) => ({ recovery_codes: [v] })],
	'hash of a password': [drawn(), (v) => ({ passwordHash: v })],
	'answer to a security question': [typed(), (v) => ({ security_answer: v })],
	'tokens, in a list': [drawn(), (v) => ({ tokens: [v] })],
	'secret as an object': [typed(), (v) => ({ client_secret: { value: v, expires_at: 0 } })],
	'token as an object': [drawn(), (v) => ({ token: { tokenValue: v, type: 'Bearer' } })],
	'variable with its name beside it': [typed(), (v) => ({ env: [{ name: 'CLIENT_SECRET', value: v }] })],
	'the same, the value first': [typed(), (v) => ({ form: [{ value: v, key: 'password' }] })],
	'header as a pair': [drawn(), (v) => ({ seen: [['X-Api-Key', v]] })],
	'cookies by name': [drawn(), (v) => ({ cookies: { theme: v } })],
	'cookies in a list': [drawn(), (v) => ({ received: { cookies: [{ name: 'x9', value: v }] } })],
	'further prime of a key': [drawn(32), (v) => ({ jwk: { kty: 'RSA', oth: [{ r: v, d: v, t: v }] } })],
	'form in base64': [typed(), (v) => ({ blob: b64(`client_id=app&client_secret=${v}&a=b`) })],
	'header in base64': [drawn(), (v) => ({ blob2: b64(`Authorization: Bearer ${v}`) })],
	'JSON in base64, in base64': [drawn(), (v) => ({ blob3: b64(b64(JSON.stringify({ access_token: v }))) })],
	'form in hexadecimal': [typed(), (v) => ({ blob4: Buffer.from(`a=b&password=${v}`).toString('hex') })],
	'address of data': [typed(), (v) => ({ src: `data:text/plain;base64,${b64(`login=joe&password=${v}`)}` })],
	'percent-encoded twice': [drawn(), (v) => ({ back: `https://app.example/?to=${twice(`https://app.example/cb?access_token=${v}&a=b`)}` })],
	'JSON, percent-encoded': [typed(), (v) => ({ claims: encodeURIComponent(JSON.stringify({ a: 1, client_secret: v })) })],
	'JSON in character references': [typed(), (v) => ({ page: `&quot;password&quot;:&quot;${v}&quot;,&quot;a&quot;:1` })],
	'element in character references': [typed(), (v) => ({ page2: `&lt;clientSecret&gt;${v}&lt;/clientSecret&gt;` })],
	'CDATA section': [typed(), (v) => ({ page3: `<password><![CDATA[${v}]]></password>` })],
	'property list': [typed(), (v) => ({ page4: `<key>password</key>\n<string>${v}</string>` })],
	'attribute of a configuration': [typed(), (v) => ({ page5: `<add key='ClientSecret' value='${v}'/>` })],
	'token of a page': [drawn(), (v) => ({ page6: `<meta name="csrf-token" content="${v}">` })],
	'field of a password': [typed(), (v) => ({ page7: `<input type="password" id="f1" value="${v}">` })],
	'part of a multipart form': [typed(), (v) => ({ part: `--B\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\n${v}\r\n--B--\r\n` })],
	'call with a name and a value': [drawn(), (v) => ({ script: `localStorage.setItem('access_token', '${v}')` })],
	'constructor of a language': [typed(), (v) => ({ dump: `Tokens { refresh_token: Some("${v}") }` })],
	'word, "is" and a colon': [typed(), (v) => ({ text: `The client secret is: ${v}` })],
	'quotation marks of print': [drawn(), (v) => ({ text2: `the token «${v}» is unknown` })],
	'arrow': [drawn(), (v) => ({ text3: `refresh_token -> ${v}` })],
	'name with a number': [typed(), (v) => ({ password2: v })],
	'session in a sentence': [drawn(), (v) => ({ text8: `Session ${v} not found` })],
	'command in a text': [typed(), (v) => ({ text9: `curl -u joe:${v} https://idp.example/token` })],
	'cookie of a command in a text': [drawn(), (v) => ({ text10: `curl --cookie sid=${v} https://idp.example/me` })],
	'Chinese member': [typed(), (v) => ({ 用户密码: v })],
	'German name': [typed(), (v) => ({ text4: `Passwort: ${v}` })],
	'German sentence': [typed(), (v) => ({ text5: `das Kennwort lautet ${v}` })],
	'Chinese name': [typed(), (v) => ({ text6: `密码：${v}` })],
	'Chinese sentence': [drawn(), (v) => ({ text7: `令牌是“${v}”，已过期` })],
});

// header lines of an answer
export const headers = table({
	'session in a header': [drawn(), (v) => ['x-session', v]],
	'original authorization': [drawn(), (v) => ['x-original-authorization', `Bearer ${v}`]],
	'cookie of RFC 2965': [drawn(), (v) => ['set-cookie2', `a=${v}; Version=1`]],
	'token as a protocol': [drawn(), (v) => ['sec-websocket-protocol', `graphql-ws, ${v}`]],
	'token as a protocol, wrapped': [drawn(), (v) => ['x-protocol', `base64url.bearer.authorization.k8s.io.${b64url(`token=${v}`)}`]],
	'parameter of a challenge': [drawn(), (v) => ['www-authenticate', `UMA realm="r", as_uri="https://idp.example", ticket="${v}"`]],
});

// what users paste: a text each
export const texts = table({
	'list of a form, in an address': [typed(), (v) => `GET /userinfo?auth[password]=${v} HTTP/1.1\nHost: a.example\n\nHTTP/1.1 401 Unauthorized\n\n`],
	'sentence behind a code': [typed(), (v) => `I get invalid_client. The client secret is: ${v}`],
	'element that the sentence is cut from': [typed(), (v) => `<ns2:password xmlns:ns2="u">${v}</ns2:password> invalid_grant`],
	'name in colour': [typed(), (v) => `\u001b[31mclient_secret\u001b[0m=\u001b[1m${v}\u001b[0m invalid_client`],
	'key in PEM, escaped': [drawn(48), (v) => `"-----BEGIN PRIVATE KEY-----\\\\n${v}\\\\n-----END PRIVATE KEY-----" 401 invalid_client`],
	'sign of full width': [typed(), (v) => `client_secret＝${v} invalid_client`],
});
