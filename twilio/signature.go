package twilio

import (
	"crypto/hmac"
	"crypto/sha1" // what Twilio signs with
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"strings"
	"sync"
)

// ErrSignature is what every refusal of a Validator is. The text after it is for the log, never for the sender.
var ErrSignature = errors.New("signature is not valid")

// bodyHash is the query parameter in which Twilio carries the SHA-256 of a body that is not a form.
const bodyHash = "bodySHA256"

// signatureLength is the length of a base64 SHA-1.
const signatureLength = 28

// Sign is X-Twilio-Signature for a form sent to rawURL. A fragment is not signed; Twilio does not send it.
func Sign(token, rawURL string, form Form) string {
	rawURL, _, _ = strings.Cut(rawURL, "#")
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write(appendSigned([]byte(rawURL), form))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// SignJSON signs a body that is not a form. It returns the URL to send it to, which carries the body's hash, and
// the signature over that URL.
func SignJSON(token, rawURL string, body []byte) (signedURL, signature string) {
	rawURL, _, _ = strings.Cut(rawURL, "#")
	separator := "?"
	if strings.Contains(rawURL, "?") {
		separator = "&"
	}
	sum := sha256.Sum256(body)
	signedURL = rawURL + separator + bodyHash + "=" + hex.EncodeToString(sum[:])
	return signedURL, Sign(token, signedURL, Form{})
}

func appendSigned(dst []byte, form Form) []byte {
	for _, p := range form.pairs {
		dst = append(append(dst, p.Name...), p.Value...)
	}
	return dst
}

// Request is what is checked of a webhook.
type Request struct {
	Method      string
	RequestURI  string // path and query exactly as they came: http.Request.RequestURI
	ContentType string
	Body        []byte // as it came
	Form        *Form  // the body, parsed by ParseForm; nil: Check parses it
	Signature   string // X-Twilio-Signature
}

// Validator says whether a webhook is Twilio's. It is safe for concurrent use.
type Validator struct {
	bases [][]byte // the ways Twilio may have written our public URL, likeliest first
	keys  []*signer
}

// signer computes HMACs with one token. The keyed state and the room for the result are used again.
type signer struct{ pool sync.Pool }

type keyed struct {
	mac  hash.Hash
	sum  [sha1.Size]byte
	text [signatureLength]byte
}

func newSigner(token string) *signer {
	return &signer{pool: sync.Pool{New: func() any { return &keyed{mac: hmac.New(sha1.New, []byte(token))} }}}
}

// NewValidator makes a validator for webhooks sent to publicURL (scheme, host, and a path in front of ours if there
// is one). Tokens are the account's primary auth token and, during rotation, others. An empty token is refused: with
// it everybody could sign.
func NewValidator(publicURL string, tokens ...string) (*Validator, error) {
	v := &Validator{}
	if len(tokens) == 0 {
		return nil, errors.New("twilio: no auth token to check signatures with")
	}
	for _, t := range tokens {
		if strings.TrimSpace(t) == "" || strings.TrimSpace(t) != t {
			return nil, errors.New("twilio: an auth token is empty or has spaces around it")
		}
		v.keys = append(v.keys, newSigner(t))
	}
	var err error
	v.bases, err = writtenWays(publicURL)
	return v, err
}

// writtenWays lists how Twilio may write a public URL when it signs: its servers are not consistent about the port
// (https://github.com/twilio/twilio-go client/request_validator.go), nor is it documented whether a user is signed.
func writtenWays(publicURL string) ([][]byte, error) {
	u, err := url.Parse(publicURL)
	switch {
	case err != nil:
		return nil, errors.New("twilio: the public URL cannot be read")
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, fmt.Errorf("twilio: the public URL %q needs http or https and a host", u.Redacted())
	case u.RawQuery != "", u.Fragment != "", u.ForceQuery:
		return nil, fmt.Errorf("twilio: the public URL %q must not have a query or fragment", u.Redacted())
	}
	host := u.Host
	bare := strings.TrimSuffix(host, ":"+u.Port())
	other := bare
	if u.Port() == "" {
		other = bare + map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	var ways [][]byte
	for _, h := range []string{host, other} {
		if u.User != nil {
			ways = append(ways, []byte(u.Scheme+"://"+u.User.String()+"@"+h+path))
		}
		ways = append(ways, []byte(u.Scheme+"://"+h+path))
	}
	return ways, nil
}

// Check returns nil for a request that Twilio signed, else an error that is ErrSignature.
func (v *Validator) Check(r Request) error {
	form, err := signedForm(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if len(r.Signature) != signatureLength {
		return fmt.Errorf("%w: the header is missing or of the wrong length", ErrSignature)
	}
	scratch := buffers.Get().(*[]byte)
	defer buffers.Put(scratch)
	*scratch = appendSigned(append((*scratch)[:0], r.RequestURI...), form)
	if form.Len() > 0 {
		if err := checkShapes(form, *scratch); err != nil {
			return fmt.Errorf("%w: %w", ErrSignature, err)
		}
	}
	for _, base := range v.bases {
		for _, key := range v.keys {
			if key.matches(base, *scratch, r.Signature) {
				return nil
			}
		}
	}
	return fmt.Errorf("%w: it does not match the request", ErrSignature)
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// matches compares in constant time.
func (s *signer) matches(base, rest []byte, signature string) bool {
	k := s.pool.Get().(*keyed)
	defer s.pool.Put(k)
	k.mac.Reset()
	k.mac.Write(base)
	k.mac.Write(rest)
	base64.StdEncoding.Encode(k.text[:], k.mac.Sum(k.sum[:0]))
	return subtle.ConstantTimeCompare(k.text[:], []byte(signature)) == 1
}

// signedForm returns the parameters that are signed beside the URL, and refuses requests that could be read in
// two ways.
func signedForm(r Request) (Form, error) {
	if !strings.HasPrefix(r.RequestURI, "/") || strings.ContainsAny(r.RequestURI, "# ") {
		return Form{}, errors.New("the request URI is not a path and query")
	}
	sum, hashes := hashInQuery(r.RequestURI)
	isForm := isFormType(r.ContentType)
	switch {
	case hashes > 0 && isForm:
		return Form{}, errors.New("a form whose body is signed by hash")
	case r.Form != nil && r.Form.Len() > 0 && (len(r.Body) == 0 || !isForm):
		return Form{}, errors.New("a form without a form body")
	case hashes > 0:
		return Form{}, checkBodyHash(r.Body, sum, hashes)
	case len(r.Body) == 0:
		return Form{}, nil
	case r.Method == "GET" || r.Method == "HEAD":
		return Form{}, errors.New("a body on " + r.Method)
	case !isForm:
		return Form{}, errors.New("a body that is no form, without its hash in the URL")
	}
	form := Form{}
	if r.Form != nil {
		form = *r.Form
	} else {
		var err error
		if form, err = ParseForm(r.Body); err != nil {
			return Form{}, err
		}
	}
	if form.Len() == 0 {
		return Form{}, errors.New("a body whose form is empty")
	}
	return form, nil
}

func isFormType(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded")
}

// hashInQuery finds bodySHA256 and counts how often it is there.
func hashInQuery(requestURI string) (sum string, n int) {
	_, query, _ := strings.Cut(requestURI, "?")
	for query != "" {
		var part string
		part, query, _ = strings.Cut(query, "&")
		if name, value, _ := strings.Cut(part, "="); name == bodyHash {
			sum = value
			n++
		}
	}
	return sum, n
}

func checkBodyHash(body []byte, sum string, n int) error {
	want := sha256.Sum256(body)
	got, err := hex.DecodeString(sum)
	if n != 1 || err != nil || subtle.ConstantTimeCompare(got, want[:]) != 1 {
		return errors.New("the body does not have the hash in the URL")
	}
	return nil
}
