// Real servers behind a gateway that does one thing wrong.  What each must lead
// to follows from the catalogue (doc of `explain`), not from what came out.
// Each row runs at both levels of probes: `all` must name the cause; `safe` names
// it too or says honestly that it is open, and never names another.
import { honest, newPairWorks, noticed, ok, problem, TOKENS_OUT, unsettled, warned } from './expect.mjs';
import { bodies, gateway, harmless, json, pages, reply, says, wire } from './faults.mjs';
import { closedPort, gatewayTokens, openGateway } from './gateways.mjs';
import { revoke } from './mint.mjs';

const refreshing = { args: (dir) => ['--refresh', '--tokens-out', TOKENS_OUT(dir)] };
const revoking = { args: () => ['--revoke'] };
const impatient = { change: () => ({ timeout: 2 }) };
const BOTH = ['oidc-provider', 'glewlwyd'];
const OIDC = ['oidc-provider'];
const GLEWLWYD = ['glewlwyd'];	// JWT access tokens; its errors are empty

const rows = [];
// make(c): the fault; c: {server, proxy, closed: an address where nothing listens}
const row = (name, servers, make, expect, more = {}) => rows.push({ name, servers, make, expect, ...more });

// --- healthy through a gateway: never an error -------------------------------------------------

row('healthy', BOTH, harmless.none, ok([null]));
row('healthy, refreshed', BOTH, harmless.none, { state: 'ok' }, refreshing);
row('healthy over HTTP/2', BOTH, harmless.none, ok([null]), { h2: true });
row('healthy, signed user information', OIDC, harmless.none, ok([null]), { client: 'app-signed' });
row('healthy, compressed', BOTH, harmless.gzip, ok([null]));
row('healthy, a byte a chunk, with extensions', BOTH, harmless.chunked, ok([null]));
row('healthy, ended by closing', BOTH, harmless.closes, ok([null]));
row('healthy, with early hints', OIDC, harmless.earlyHints, ok([null]));
row('healthy, blanks about the JSON', BOTH, harmless.space, ok([null]));
row('healthy, headers of an edge', BOTH, harmless.extraHeaders, ok([null]));
row('healthy, JSON called HTML', BOTH, () => bodies.asHtml('userinfo'), { state: 'ok' });
row('healthy, JSON called text', BOTH, () => bodies.asText('introspection'), { state: 'ok' });
row('healthy, introspection says active alone', BOTH, says.activeOnly, ok([null]));
row('healthy, scope as an array', BOTH,
	() => says.member('introspection', (d) => ({ scope: (d.scope ?? '').split(' ') })), ok([null]));
row('healthy, no Date', BOTH, says.noDate, ok([null]));

// --- the Authorization header on its way -------------------------------------------------------

row('the token is dropped on the way', OIDC, () => gateway.dropsBearer('userinfo'),
	problem('authorization-header-stripped'));
row('the token is dropped on the way', GLEWLWYD, () => gateway.dropsBearer('userinfo'),
	honest(problem('authorization-header-stripped')));
row('the token is dropped, and refusals lose their words', OIDC, () => gateway.dropsBearerSilently('userinfo'),
	problem('authorization-header-stripped'));
row('every Authorization is dropped on the way', OIDC, () => gateway.dropsAuthorization('all'),
	problem('authorization-header-stripped'));
row('client credentials are dropped on the way', OIDC, () => gateway.dropsAuthorization('introspection'),
	// a server that looks for the secret in the body alone answers the same
	{ ...honest(problem('client-auth-missing', 'client-auth-method-mismatch', 'authorization-header-stripped')),
		never: ['client-secret-wrong'] });
row('Authorization comes twice', OIDC, () => gateway.doublesAuthorization('userinfo'),
	problem('authorization-header-malformed'));
row('headers over the limit, 431', BOTH, () => gateway.headersTooLong('userinfo'), problem('header-too-large'));
row('headers over the limit, 400', BOTH, () => gateway.cookieTooLong('userinfo'), problem('header-too-large'));

// --- the gateway answers by itself -------------------------------------------------------------

row('502 at user information', BOTH, () => gateway.badGateway('userinfo'), problem('server-error-5xx'));
row('504 at introspection', BOTH, () => gateway.timeOut('introspection'), problem('server-error-5xx'));
row('503 everywhere', BOTH, () => gateway.unavailable('all'), problem('server-error-5xx'));
row('503 of a mesh at discovery', OIDC, () => gateway.plainError('discovery'), problem('server-error-5xx'));
row('502 at refresh', BOTH, () => gateway.badGateway('token'), problem('server-error-5xx'), refreshing);
row('500 for this token alone', BOTH, () => bodies.failsFor('userinfo'), problem('server-error-5xx'));
row('429 with seconds', BOTH, () => gateway.tooMany('userinfo'), problem('rate-limited'));
row('429 with a date', BOTH, () => gateway.tooManyUntil('introspection'), problem('rate-limited'));
row('429 without a word, at refresh', OIDC, () => gateway.tooManySilent('token'), problem('rate-limited'), refreshing);
row('407', BOTH, () => gateway.proxyAuth('introspection'), problem('proxy-407'));
row('403 of a cloud', BOTH, () => gateway.blockedByCloud('userinfo'), problem('waf-block'));
row('403 of a cloud, a challenge, everywhere', OIDC, () => gateway.challengedByCloud('all'), problem('waf-block'));
row('403 in plain text', BOTH, () => gateway.blockedPlain('introspection'), problem('waf-block'));
row('403 of an unknown filter', BOTH, () => gateway.blockedUnknown('userinfo'), problem('waf-block'));
row('406 of a filter', BOTH, () => gateway.notAcceptable('introspection'), problem('waf-block'));
row('a password for the whole site', OIDC, () => gateway.basicRealm('userinfo'), problem('html-login-page'));

// --- pages and redirects -----------------------------------------------------------------------

row('login page, 200', BOTH, () => pages.login('userinfo'), problem('html-login-page'));
row('login page, 401', BOTH, () => pages.loginRefused('introspection'), problem('html-login-page'));
row('login page at refresh', OIDC, () => pages.login('token'), problem('html-login-page'), refreshing);
row('single-page application everywhere', BOTH, () => pages.singlePage('all'), problem('html-login-page'));
row('redirect to a login', BOTH, () => pages.toLogin('introspection'), problem('html-login-page'));
row('redirect to a login, everywhere', OIDC, () => pages.toLogin('all'), problem('html-login-page'));
row('redirect to another host', BOTH, () => pages.toOtherHost('userinfo'), problem('redirect-dropped-authorization'));
row('redirect that only adds a slash', BOTH, () => pages.toSlash('introspection'),
	problem('redirect-dropped-authorization', 'wrong-endpoint-path'));
row('redirect to itself', BOTH, () => pages.toItself('userinfo'), problem('redirect-loop'));
row('redirect to and fro', OIDC, () => pages.toAndFro('discovery'), problem('redirect-loop'));
row('http sent on to https', OIDC, (c) => pages.toHttps(c.server.upstream), problem('http-instead-of-https'),
	{ plain: true, direct: true });
row('introspection: 404', BOTH, () => pages.notFound('introspection'), problem('wrong-endpoint-path'));
row('user information: 404', BOTH, () => pages.notFound('userinfo'), problem('wrong-endpoint-path'));
row('refresh: 404', OIDC, () => pages.notFound('token'), problem('wrong-endpoint-path'), refreshing);
row('introspection: 405', BOTH, () => pages.wrongMethod('introspection'),
	problem('wrong-endpoint-path', 'wrong-http-method'));
row('introspection: 415', BOTH, () => pages.wrongType('introspection'), problem('wrong-content-type'));

// --- the wire ----------------------------------------------------------------------------------

row('fewer bytes than announced', BOTH, () => wire.cutShort('introspection'), problem('response-truncated'));
row('chunks that do not end', BOTH, () => wire.chunksCut('userinfo'), problem('response-truncated'));
row('ended inside the body', BOTH, () => wire.resetInside('userinfo'), problem('connection-reset', 'response-truncated'));
row('ended before the answer', BOTH, () => wire.resetBefore('introspection'), problem('connection-reset'));
row('ended before any answer', OIDC, () => wire.resetBefore('all'), problem('connection-reset'));
row('chunks that are none', BOTH, () => wire.badChunks('userinfo'), problem('not-http', 'response-truncated'));
row('no HTTP', OIDC, () => wire.notHttp('all'), problem('not-http'));
row('a drop at a time', BOTH, () => wire.drips('introspection'), problem('read-timeout'), impatient);
row('no first byte', BOTH, () => wire.hangs('userinfo'), problem('read-timeout'), impatient);
row('no first byte at discovery', OIDC, () => wire.hangs('discovery'), problem('read-timeout'), impatient);
row('no first byte at refresh', OIDC, () => wire.hangs('token'), problem('read-timeout'),
	{ ...refreshing, ...impatient });
row('50 MB', BOTH, () => wire.huge('userinfo'), problem('response-too-large'));
row('headers over our own limit', BOTH, () => wire.hugeHeaders('introspection'), problem('response-too-large'));

// --- bodies ------------------------------------------------------------------------------------

row('compressed without saying so', BOTH, () => bodies.gzipUnsaid('userinfo'), problem('body-not-json'));
row('byte-order mark', BOTH, () => bodies.bom('userinfo'), warned('body-not-json'));
row('empty introspection', BOTH, () => bodies.empty('introspection'), problem('body-not-json'));
row('empty user information', BOTH, () => bodies.empty('userinfo'), problem('body-not-json'));
row('form instead of JSON', BOTH, () => bodies.form('userinfo'), problem('body-not-json'));
row('something behind the JSON', BOTH, () => bodies.trailing('introspection'), problem('body-not-json'));
row('half of the JSON', BOTH, () => bodies.halfJson('userinfo'), problem('body-not-json'));
row('UTF-16', OIDC, () => bodies.utf16('userinfo'), problem('body-not-json'));
row('an error with 200', BOTH, () => bodies.errorIn200('userinfo'), problem('error-in-200-body'));

// --- clocks and times --------------------------------------------------------------------------

row('Date 10 min ahead', BOTH, () => says.skewed(600), warned('clock-skew-local', 'clock-skew-server'));
row('Date 10 min behind', BOTH, () => says.skewed(-600), warned('clock-skew-local', 'clock-skew-server'));
row('Date past exp of a live token', BOTH, () => says.skewed(900), warned('clock-skew-local', 'clock-skew-server'));
row('exp in milliseconds', BOTH, () => says.member('introspection', (d) => ({ exp: d.exp * 1000 })),
	warned('timestamp-type-wrong'));
row('exp as text', BOTH, () => says.member('introspection', (d) => ({ exp: String(d.exp) })),
	warned('timestamp-type-wrong'));

// --- introspection that does not tell the truth ------------------------------------------------

const LIVE = { active: true, scope: 'openid profile', token_type: 'Bearer' };
const revoked = { prepare: (w, c) => revoke(c.server, c.client, c.tokens.access_token, w.ca) };

row('inactive for this caller, user information came', OIDC, () => says.inactive(),
	{ ...unsettled('introspect-inactive-unspecified', 'introspect-foreign-client', 'introspect-audience-missing'),
		never: ['token-revoked', 'token-expired'] });
row('inactive for this caller, user information came', GLEWLWYD, () => says.inactive(),
	{ ...unsettled('introspect-inactive-unspecified', 'introspect-audience-missing', 'introspection-cache-stale'),
		never: ['token-revoked', 'token-expired', 'introspect-foreign-client'] });
row('revoked, and introspection comes from a cache', BOTH,
	() => says.cached(LIVE, [['Age', '42'], ['X-Cache', 'HIT']]), problem('introspection-cache-stale'), revoked);
row('revoked, and introspection is old', BOTH, () => says.cached(LIVE, []),
	honest(problem('introspection-cache-stale')), revoked);
row('a new token, known after a while', BOTH, () => says.late(1500), noticed('replication-delay'));

// --- discovery and keys ------------------------------------------------------------------------

const given = { change: ({ server }) => ({ introspection_endpoint: server.introspection_endpoint,
	userinfo_endpoint: server.userinfo_endpoint, token_endpoint: server.token_endpoint }) };

row('issuer with a slash', BOTH, () => says.member('discovery', (d) => ({ issuer: `${d.issuer}/` })),
	noticed('discovery-issuer-mismatch'));
row('issuer of another host', BOTH, () => says.member('discovery', () => ({ issuer: 'https://idp.invalid' })),
	problem('discovery-issuer-mismatch'));
row('issuer by http', BOTH, () => says.member('discovery', (d) => ({ issuer: d.issuer.replace('https:', 'http:') })),
	problem('discovery-issuer-mismatch'));
row('issuer of another host, endpoints given', BOTH,
	() => says.member('discovery', () => ({ issuer: 'https://idp.invalid' })), warned('discovery-issuer-mismatch'), given);
row('metadata names a dead address for introspection', BOTH,
	(c) => says.member('discovery', () => ({ introspection_endpoint: `${c.closed}/introspect` })),
	problem('connection-refused'));
row('metadata names a dead address for user information', BOTH,
	(c) => says.member('discovery', () => ({ userinfo_endpoint: `${c.closed}/userinfo` })), problem('connection-refused'));
row('metadata names http for user information', BOTH,
	() => says.member('discovery', (d) => ({ userinfo_endpoint: d.userinfo_endpoint.replace('https:', 'http:') })),
	problem('discovery-unsafe-url'));
row('metadata offers no introspection', BOTH, () => says.lacks('discovery', 'introspection_endpoint'),
	warned('introspection-unsupported'));
row('no metadata, endpoints given', BOTH, () => pages.notFound('discovery'),
	warned('discovery-unreachable', 'wrong-endpoint-path'), given);
row('no metadata', BOTH, () => pages.notFound('discovery'), problem('discovery-unreachable', 'wrong-endpoint-path'));
row('no key of that name', GLEWLWYD, () => says.keys((k) => ({ ...k, kid: 'another' })),
	{ ...ok([null, 'jwks-unknown-kid']), has: ['jwks-unknown-kid'] });
row('key for another algorithm', GLEWLWYD, () => says.keys((k) => ({ ...k, alg: 'RS512' })), warned('alg-mismatch'));
row('the same name, another key', GLEWLWYD, () => says.keys((k) => ({ ...k, n: `${k.n.slice(0, 100)}AAAA${k.n.slice(104)}` })),
	warned('signature-invalid', 'jwks-stale-cache', 'token-not-locally-verifiable'));
row('keys: 503', GLEWLWYD, () => gateway.unavailable('jwks'), warned('jwks-unreachable', 'server-error-5xx'));
row('keys: dead address', GLEWLWYD, (c) => says.member('discovery', () => ({ jwks_uri: `${c.closed}/jwks` })),
	warned('jwks-unreachable', 'connection-refused'));
row('keys: a page', GLEWLWYD, () => pages.singlePage('jwks'), warned('jwks-unreachable', 'html-login-page'));

// --- user information --------------------------------------------------------------------------

row('user information of another user', BOTH, says.otherSub, problem('userinfo-sub-mismatch'));
row('user information of nobody', BOTH, () => says.lacks('userinfo', 'sub'), problem('userinfo-sub-mismatch'));
row('a scope is missing', OIDC, () => says.challenge(403, 'Bearer error="insufficient_scope", scope="hr.read"'),
	problem('insufficient-scope'));
row('a stronger login is wanted', BOTH, () => says.challenge(401, 'Bearer realm="a, b", error="insufficient_user_authentication", '
	+ 'acr_values="phr"'), problem('step-up-required'));
row('refused at both, for whatever reason', OIDC, () => says.oauthError('userinfo', 401, 'invalid_token'),
	honest(problem('token-rejected-unspecified')));

// --- refresh and revocation --------------------------------------------------------------------

row('refresh gives no refresh token', BOTH, () => says.lacks('token', 'refresh_token'), { state: 'ok' },
	{ ...refreshing, after: (c) => newPairWorks(c.direct, c.client, c.tokens, { rotated: false }) });
row('refresh refused without a word', BOTH, () => says.oauthError('token', 400, 'invalid_grant'),
	unsettled('refresh-invalid-grant-unspecified'), refreshing);
row('refresh not allowed', BOTH, () => says.oauthError('token', 400, 'unauthorized_client'),
	problem('refresh-grant-not-allowed'), refreshing);
row('refresh: the scope is refused', OIDC, () => says.oauthError('token', 400, 'invalid_scope'),
	problem('refresh-scope-invalid'), refreshing);
row('refresh: the client is refused', OIDC, () => says.oauthError('token', 401, 'invalid_client'),
	{ ...unsettled('refresh-invalid-grant-unspecified'), never: ['client-secret-wrong', 'token-expired'] }, refreshing);
row('revocation that does nothing', OIDC, () => says.nothing('revocation'),
	honest(problem('revoke-unsupported-token-type', 'revoke-hint-mismatch-noop')), revoking);
row('revocation that does nothing', GLEWLWYD, () => says.nothing('revocation'),
	problem('revoke-unsupported-token-type'), revoking);

// --- more of the same, as other gateways and servers do it --------------------------------------

row('healthy, slow', OIDC, () => harmless.slow(700), ok([null]));
row('the gateway puts its own credentials', OIDC, () => gateway.ownCredentials('userinfo'),
	problem('authorization-header-stripped', 'authorization-header-malformed'));
row('the scheme in lower case', GLEWLWYD, () => gateway.lowerScheme('userinfo'),
	honest(problem('authorization-header-malformed')));
row('the form is dropped on the way', OIDC, () => gateway.dropsBody('introspection'),
	{ ...problem('token-param-missing'), never: ['client-secret-wrong'] });
row('the form is called JSON', OIDC, () => gateway.changesType('introspection', 'application/json'),
	{ ...problem('wrong-content-type'), never: ['client-secret-wrong'] });
row('Host is not passed on', OIDC, gateway.ownHost, problem('discovery-issuer-mismatch'));
row('403 of an API gateway', BOTH, () => gateway.forbids('userinfo'), problem('waf-block'));
row('401 of an API gateway', BOTH, () => gateway.unauthorized('userinfo'),
	{ ...honest(problem('token-rejected-unspecified')), never: ['token-revoked', 'token-expired', 'wrong-audience'] });
row('no route of an API gateway', BOTH, () => gateway.noRoute('introspection'), problem('wrong-endpoint-path'));
row('a domain login', OIDC, () => gateway.negotiates('introspection'),
	{ ...problem('html-login-page'), never: ['client-secret-wrong'] });
row('522 of a cloud', BOTH, () => gateway.cloudTimeOut('userinfo'), problem('server-error-5xx'));
row('511 of a network', OIDC, () => gateway.captive('all'), problem('html-login-page'));
row('JSON in a call', OIDC, () => bodies.jsonp('userinfo'), problem('body-not-json'));
row('JSON behind a guard', OIDC, () => bodies.guarded('introspection'), problem('body-not-json'));
row('XML', OIDC, () => bodies.xml('userinfo'), problem('body-not-json'));
row('204 at user information', BOTH, () => bodies.noContent('userinfo'), problem('body-not-json'));
row('204 at introspection', BOTH, () => bodies.noContent('introspection'), problem('body-not-json'));
row('user information is {}', BOTH, () => bodies.value('userinfo', '{}'), problem('userinfo-sub-mismatch'));
row('user information is null', OIDC, () => bodies.value('userinfo', 'null'),
	problem('userinfo-sub-mismatch', 'body-not-json'));
row('user information is a list', OIDC, () => bodies.value('userinfo', '[]'),
	problem('userinfo-sub-mismatch', 'body-not-json'));
row('introspection is {}', BOTH, () => bodies.value('introspection', '{}'),
	{ state: ['undetermined', 'problem'], never: ['token-revoked', 'token-expired', 'client-secret-wrong'] });
row('introspection in an envelope', BOTH, () => bodies.nested('introspection'),
	{ state: ['undetermined', 'problem'], never: ['token-revoked', 'token-expired', 'client-secret-wrong'] });
row('active is text', BOTH, () => says.member('introspection', (d) => ({ active: String(d.active) })),
	{ state: ['ok', 'undetermined'] });
row('metadata without issuer', BOTH, () => says.lacks('discovery', 'issuer'), problem('discovery-issuer-mismatch', 'discovery-unreachable'));
row('metadata is half', BOTH, () => bodies.halfJson('discovery'), problem('body-not-json'));
row('metadata with dead keys alone', GLEWLWYD, () => bodies.value('jwks', '{"keys":[]}'),
	{ ...ok([null, 'jwks-unknown-kid', 'jwks-unreachable']) });
row('two lengths', OIDC, () => wire.twoLengths('introspection'), { state: ['ok', 'problem', 'undetermined'],
	never: ['token-revoked', 'token-expired', 'client-secret-wrong'] });
row('nonsense bytes', OIDC, () => wire.nonsense('userinfo'), problem('not-http'));
row('refused by a clock ahead', GLEWLWYD, () => says.refusesByClock(900),
	problem('clock-skew-local', 'clock-skew-server', 'token-expired'));
row('refused by a clock behind', GLEWLWYD, () => says.refusesByClock(-900),
	problem('clock-skew-local', 'clock-skew-server', 'token-not-yet-valid'));
row('refresh: an error with 200', BOTH, () => says.oauthError('token', 200, 'bad_refresh_token'),
	honest(problem('error-in-200-body', 'refresh-token-revoked', 'refresh-token-expired')), refreshing);
row('revocation: 404', BOTH, () => pages.notFound('revocation'), problem('wrong-endpoint-path'), revoking);
row('revocation: 503', BOTH, () => gateway.unavailable('revocation'), problem('server-error-5xx'), revoking);
row('revocation: not for this kind', BOTH, () => says.oauthError('revocation', 400, 'unsupported_token_type'),
	problem('revoke-unsupported-token-type'), revoking);
row('introspection: not allowed', BOTH, () => says.oauthError('introspection', 403, 'access_denied'),
	problem('introspect-not-permitted'));
row('a nonce is wanted', OIDC, () => says.challenge(401, 'DPoP error="use_dpop_nonce"'),
	honest(problem('dpop-nonce-required')));
row('a certificate is wanted', BOTH, harmless.none, { ...problem('tls-client-cert'),
	never: ['tls-unknown-ca'] }, { tls: { requestCert: true, rejectUnauthorized: true }, direct: true });
row('a certificate is wanted, TLS 1.2', OIDC, harmless.none, { ...problem('tls-client-cert'),
	never: ['tls-unknown-ca'] }, { tls: { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' }, direct: true });

row('healthy, endpoints on another host', BOTH, harmless.splitHosts, ok([null]));
row('healthy, metadata by RFC 8414 alone', BOTH, harmless.oauthMetadata, ok([null]));
row('healthy, keys of every kind', GLEWLWYD, harmless.moreKeys, ok([null]));
row('healthy, odd headers', BOTH, harmless.oddHeaders, ok([null]));
row('healthy, much user information', OIDC, harmless.large, ok([null]));
row('healthy, deep user information', OIDC, harmless.deep, ok([null]));
row('304 at user information', OIDC, () => says.oauthError('userinfo', 304, 'x'), { state: ['undetermined', 'problem'],
	never: ['token-revoked', 'token-expired'] });
row('410 at introspection', BOTH, () => says.oauthError('introspection', 410, 'gone'), problem('wrong-endpoint-path'));
row('501 at introspection', OIDC, () => gateway.status('introspection', 501), problem('server-error-5xx', 'wrong-endpoint-path'));
row('999 at user information', OIDC, () => gateway.status('userinfo', 999), { state: ['undetermined', 'problem'],
	never: ['token-revoked', 'token-expired'] });

// --- what must not come out --------------------------------------------------------------------

row('the token comes back in the error', BOTH, () => says.echoes('userinfo'),
	{ ...honest(problem('token-rejected-unspecified')), has: ['log-server-echoes-token'] });
row('credentials and cookies come back in headers', BOTH, () => says.echoesHeader('all'), { state: 'ok' });
row('the request comes back in the answer', BOTH, () => says.echoesForm('introspection'), { state: 'ok' });
row('terminal escapes in the error', BOTH, () => says.escapes('userinfo'), honest(problem('token-rejected-unspecified')));

// --- a resource instead of user information ----------------------------------------------------

const resource = { change: ({ proxy }) => ({ resource_url: `${proxy.origin}/orders/7` }) };
const order = () => json(200, { order: 7, total: '12.00' });
const refusing = (status, challenge) => () => reply(status, 'text/plain', '', [['WWW-Authenticate', challenge]]);

row('healthy, a resource', BOTH, () => says.resource(order), { state: 'ok' }, resource);
row('a resource for another audience', BOTH,
	() => says.resource(refusing(401, 'Bearer error="invalid_token", error_description="The audience is invalid"')),
	problem('wrong-audience'), resource);
row('a resource that wants a scope', BOTH,
	() => says.resource(refusing(403, 'Bearer error="insufficient_scope", scope="orders.read"')),
	problem('insufficient-scope'), resource);
row('a resource without the new key', GLEWLWYD,
	() => says.resource(refusing(401, 'Bearer error="invalid_token", error_description="The signature key was not found"')),
	problem('jwks-stale-cache'), resource);
row('a resource that only says no', BOTH, () => says.resource(refusing(401, 'Bearer error="invalid_token"')),
	honest(problem('wrong-audience', 'jwks-stale-cache', 'clock-skew-server', 'opaque-vs-jwt-confusion')), resource);
row('a resource that takes a revoked JWT', GLEWLWYD, () => says.resource(order),
	{ state: ['ok', 'problem'], has: ['revoked-jwt-still-accepted'] }, { ...resource, ...revoking });
row('a resource that keeps a revoked token', OIDC, () => says.resource(order),
	{ state: ['ok', 'problem'], has: ['introspection-cache-stale'] }, { ...resource, ...revoking });

// --- a company's proxy on the way --------------------------------------------------------------

for (const [mode, expect] of [
	['passes', ok([null])], ['wants', problem('proxy-407')], ['forbids', problem('proxy-refused')],
	['fails', problem('proxy-refused')], ['inspects', problem('tls-unknown-ca')],
	['hangs', problem('proxy-refused')],
])
	row(`a company's proxy that ${mode}`, BOTH, harmless.none, expect,
		{ forward: mode, change: ({ forward }) => ({ proxy: forward, timeout: mode === 'hangs' ? 2 : 10 }) });
row('a company\'s proxy that is not there', OIDC, harmless.none, problem('connection-refused', 'proxy-407'),
	{ change: ({ closed }) => ({ proxy: closed.replace('https:', 'http:') }) });

// --- TLS ---------------------------------------------------------------------------------------

for (const [name, tls, expect] of [
	['certificate expired', { cert: 'expired' }, problem('tls-expired-cert')],
	['certificate for another host', { cert: 'other-host' }, problem('tls-hostname-mismatch')],
	['intermediate certificate missing', { cert: 'chained' }, problem('tls-unknown-ca')],
	['old TLS alone', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
		problem('tls-protocol-or-sni')],
])
	row(name, BOTH, harmless.none, expect, { tls, direct: true });
row('https to a port that speaks http', OIDC, harmless.none, problem('tls-protocol-or-sni'),
	{ plain: true, direct: true, change: ({ proxy }) => ({ issuer: proxy.origin.replace('http:', 'https:') }) });

// --- the cases ---------------------------------------------------------------------------------

function asCase(one, kind, level) {
	const open = (w) => openGateway(w, kind, one);
	const make = async (w, gate) => {
		const c = gate ?? await open(w);
		try {
			c.tokens = await gatewayTokens(w, kind, c, one);
			c.closed = `https://127.0.0.1:${await closedPort()}`;
			await one.prepare?.(w, c);
			c.proxy.arm(await one.make(c));
		} catch (err) {
			await c.close();
			throw err;
		}
		return { server: c.server, client: c.client, tokens: c.tokens, change: one.change?.(c),
			args: (dir) => [...(one.args?.(dir) ?? []), '--probes', level],
			expect: level === 'safe' ? honest(one.expect) : one.expect,
			after: async (how) => {
				const more = await one.after?.(c)(how) ?? {};
				return { ...more, errors: [...(more.errors ?? []), ...c.proxy.errors] };
			}, close: c.close };
	};
	// without --refresh and --revoke the program changes nothing at the server
	return { name: `${kind} behind a gateway: ${one.name} (${level})`, make, reads: !one.args,
		open: kind === 'glewlwyd' ? open : undefined };
}

export const faultCases = rows.flatMap((one) => one.servers.flatMap((kind) =>
	['safe', 'all'].map((level) => asCase(one, kind, level))));
