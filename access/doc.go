// Package access says who somebody is and what they may do: people with roles from a file, sign-in by password,
// OpenID Connect or a link, sessions in Redis, and the tokens that keep other sites from using them. Access is
// its main type; a Principal is what everybody else sees of it.
//
// A session is a random token in a cookie. Redis holds it only under an HMAC, so whoever reads Redis cannot sign
// in, and a session is asked again at every request: a disabled person, a changed password or another role count
// at once. Every sign-in and every refusal is a line of the audit log.
//
// It must not know pages, routes or money: which permission a page needs is the console's part. It never keeps a
// password, and no error or log line repeats one.
package access
