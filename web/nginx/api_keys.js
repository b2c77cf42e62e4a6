// nginx has no directive for a digest.
import crypto from 'crypto';

const BEARER = /^bearer +([!-~]{1,256})$/i;

/** Return the SHA-256 of the request's API key in hexadecimal digits, or an empty string if there is no key. */
function digest(r) {
    const found = BEARER.exec(r.headersIn.Authorization || '');
    return found ? crypto.createHash('sha256').update(found[1]).digest('hex') : '';
}

export default { digest };
