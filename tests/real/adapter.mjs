// Storage for oidc-provider, in memory.  Unlike the package's own one it lets
// things end when their time is over, as a database with expiry does: there a
// token past its time is unknown, at user information too.
const OF_GRANT = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode']);
const rows = new Map();		// 'Model id' -> {payload, ends}

function live(key) {
	const row = rows.get(key);
	if (row && row.ends <= Date.now()) {
		rows.delete(key);
		return undefined;
	}
	return row?.payload;
}

export class Adapter {
	constructor(model) {
		this.model = model;
	}

	async upsert(id, payload, expiresIn) {
		// whole seconds, as the token's own exp has
		const ends = expiresIn ? (Math.floor(Date.now() / 1000) + expiresIn) * 1000 : Infinity;
		rows.set(`${this.model} ${id}`, { payload, ends });
	}

	async find(id) {
		return live(`${this.model} ${id}`);
	}

	async #findBy(field, value) {
		for (const [key, { payload }] of rows)
			if (key.startsWith(`${this.model} `) && payload[field] === value)
				return live(key);
		return undefined;
	}

	findByUid(uid) {
		return this.#findBy('uid', uid);
	}

	findByUserCode(userCode) {
		return this.#findBy('userCode', userCode);
	}

	async consume(id) {
		const payload = live(`${this.model} ${id}`);
		if (payload)
			payload.consumed = Math.floor(Date.now() / 1000);
	}

	async destroy(id) {
		rows.delete(`${this.model} ${id}`);
	}

	async revokeByGrantId(grantId) {
		for (const [key, { payload }] of rows)
			if (payload.grantId === grantId && OF_GRANT.has(key.split(' ')[0]))
				rows.delete(key);
	}
}
