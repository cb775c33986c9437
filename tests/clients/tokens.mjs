// An issuer of tokens, by a library that others wrote (jose): keys for an algorithm, and tokens by them.
//
//   node tokens.mjs ALGORITHM             reads a command a line, and answers each with a line
//     {"make": KID}                       makes a key and answers with its public JWK
//     {"sign": KID, "claims": {…}}        answers with a token

import { createInterface } from 'node:readline';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

const [algorithm] = process.argv.slice(2);
const keys = new Map();

async function answer(command) {
    if (command.make) {
        const { publicKey, privateKey } = await generateKeyPair(algorithm);
        keys.set(command.make, privateKey);
        return { ...(await exportJWK(publicKey)), kid: command.make, alg: algorithm, use: 'sig' };
    }
    const header = { alg: algorithm, kid: command.sign, typ: 'at+jwt' };
    return new SignJWT(command.claims).setProtectedHeader(header).sign(keys.get(command.sign));
}

for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
}
