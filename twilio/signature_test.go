package twilio

import (
	"errors"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/twilio/twilio-go/client"
)

// Twilio's published examples: https://www.twilio.com/docs/usage/security and the tests of its libraries.
const (
	vectorToken = "12345"
	vectorHost  = "https://mycompany.com"
	vectorURI   = "/myapp.php?foo=1&bar=2"
)

var vectors = []struct {
	name, base, body, signature string
}{
	{"documentation", vectorHost, "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212", "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
	{"another caller", vectorHost, "CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="},
	{"Reason sorts before ReasonConferenceEnded", vectorHost, "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212&ReasonConferenceEnded=test&Reason=Participant", "vOEb5UThFn24KEfnOFLQY2AE5FY="},
	{"the same by http", "http://mycompany.com", "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212&ReasonConferenceEnded=test&Reason=Participant", "n2xBNyzSW7rfYStDtOFiFMv7qNo="},
}

const formType = "application/x-www-form-urlencoded"

func validator(t testing.TB, base string, tokens ...string) *Validator {
	t.Helper()
	v, err := NewValidator(base, tokens...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func formOf(t testing.TB, body string) Form {
	t.Helper()
	f, err := ParseForm([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func post(uri, body, signature string) Request {
	return Request{Method: "POST", RequestURI: uri, ContentType: formType, Body: []byte(body), Signature: signature}
}

func TestPublishedVectors(t *testing.T) {
	t.Parallel()
	for _, tt := range vectors {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Sign(vectorToken, tt.base+vectorURI, formOf(t, tt.body)); got != tt.signature {
				t.Errorf("Sign gave %s, want %s", got, tt.signature)
			}
			if err := validator(t, tt.base, vectorToken).Check(post(vectorURI, tt.body, tt.signature)); err != nil {
				t.Error(err)
			}
			if err := validator(t, tt.base, "54321").Check(post(vectorURI, tt.body, tt.signature)); !errors.Is(err, ErrSignature) {
				t.Errorf("another token: got %v", err)
			}
		})
	}
}

func TestPublishedJSONVector(t *testing.T) {
	t.Parallel()
	body := `{"property": "value", "boolean": true}`
	signed, signature := SignJSON(vectorToken, vectorHost+vectorURI, []byte(body))
	if want := "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"; !strings.HasSuffix(signed, "&bodySHA256="+want) {
		t.Errorf("signed URL %s", signed)
	}
	if want := "a9nBmqA0ju/hNViExpshrM61xv4="; signature != want {
		t.Errorf("got %s, want %s", signature, want)
	}
	v := validator(t, vectorHost, vectorToken)
	good := Request{Method: "POST", RequestURI: strings.TrimPrefix(signed, vectorHost), ContentType: "application/json", Body: []byte(body), Signature: signature}
	if err := v.Check(good); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Request){
		"body changed":        func(r *Request) { r.Body = []byte(body + " ") },
		"body gone":           func(r *Request) { r.Body = nil },
		"hash gone":           func(r *Request) { r.RequestURI = vectorURI },
		"hash twice":          func(r *Request) { r.RequestURI += "&bodySHA256=00" },
		"hash in capitals":    func(r *Request) { r.RequestURI = strings.Replace(r.RequestURI, "0a1f", "0A1F", 1) },
		"called a form":       func(r *Request) { r.ContentType = formType },
		"a form from nowhere": func(r *Request) { r.Form = &Form{pairs: []Pair{{"A", "b"}}} },
	} {
		r := good
		change(&r)
		if err := v.Check(r); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestPortsAndUsers: Twilio signs some URLs with the port and some without.
func TestPortsAndUsers(t *testing.T) {
	t.Parallel()
	form := formOf(t, "CallSid=CA1")
	tests := []struct {
		public, signed string
		ok             bool
	}{
		{"https://pay.example.com", "https://pay.example.com", true},
		{"https://pay.example.com", "https://pay.example.com:443", true},
		{"https://pay.example.com:443", "https://pay.example.com", true},
		{"https://pay.example.com:8443", "https://pay.example.com:8443", true},
		{"https://pay.example.com:8443", "https://pay.example.com", true},
		{"http://pay.example.com", "http://pay.example.com:80", true},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"http://[::1]:8080", "http://[::1]:8080", true},
		{"http://[::1]:8080", "http://[::1]", true},
		{"https://[::1]", "https://[::1]:443", true},
		{"https://u:p@pay.example.com", "https://u:p@pay.example.com", true},
		{"https://u:p@pay.example.com", "https://pay.example.com", true},
		{"https://pay.example.com/", "https://pay.example.com", true},
		{"https://pay.example.com/app", "https://pay.example.com/app", true},
		{"https://pay.example.com", "https://u:p@pay.example.com", false},
		{"https://pay.example.com", "http://pay.example.com", false},
		{"https://pay.example.com", "https://pay.example.com:80", false},
		{"https://pay.example.com:8443", "https://pay.example.com:443", false},
		{"https://pay.example.com", "https://evil.example.com", false},
	}
	for _, tt := range tests {
		err := validator(t, tt.public, "token").Check(post("/voice?a=b%20c", form.Encode(), Sign("token", tt.signed+"/voice?a=b%20c", form)))
		if (err == nil) != tt.ok {
			t.Errorf("public %s, signed %s: got %v", tt.public, tt.signed, err)
		}
	}
}

func TestGET(t *testing.T) {
	t.Parallel()
	v := validator(t, vectorHost, "token")
	uri := "/voice?CallSid=CA1&A=1&A=2"
	get := Request{Method: "GET", RequestURI: uri, Signature: Sign("token", vectorHost+uri+"#rc=2", Form{})}
	if err := v.Check(get); err != nil {
		t.Error(err)
	}
	get.Form = &Form{}
	if err := v.Check(get); err != nil {
		t.Error(err)
	}
	get.Body, get.ContentType = []byte("A=3"), formType
	if err := v.Check(get); !errors.Is(err, ErrSignature) {
		t.Errorf("a body on GET: %v", err)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	v := validator(t, vectorHost, "new-token", "old-token")
	form := formOf(t, "CallSid=CA1")
	for token, ok := range map[string]bool{"new-token": true, "old-token": true, "older-token": false, "": false} {
		if err := v.Check(post("/voice", form.Encode(), Sign(token, vectorHost+"/voice", form))); (err == nil) != ok {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestNewValidatorRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		url    string
		tokens []string
	}{
		"no token": {vectorHost, nil}, "empty token": {vectorHost, []string{""}}, "blank token": {vectorHost, []string{"  "}},
		"second token empty": {vectorHost, []string{"a", ""}}, "token with a line end": {vectorHost, []string{"a\n"}},
		"no host": {"https://", []string{"a"}}, "no scheme": {"pay.example.com", []string{"a"}},
		"other scheme": {"ftp://a", []string{"a"}}, "query": {"https://a/?x=1", []string{"a"}},
		"fragment": {"https://a/#x", []string{"a"}}, "nothing": {"", []string{"a"}}, "junk": {"https://a:b:c", []string{"a"}},
	} {
		if v, err := NewValidator(tt.url, tt.tokens...); err == nil || v != nil && len(v.bases) > 0 {
			t.Errorf("%s: got %v, %v", name, v, err)
		}
	}
}

// TestForgeries changes one thing of a good request at a time.
func TestForgeries(t *testing.T) {
	t.Parallel()
	v := validator(t, vectorHost, "token")
	form := formOf(t, "AccountSid=AC1&CallSid=CA1&Digits=1234&From=%2B1555&To=%2B1666")
	good := post("/voice/turn/3?payment=p1", form.Encode(), Sign("token", vectorHost+"/voice/turn/3?payment=p1", form))
	if err := v.Check(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Request){
		"no header":            func(r *Request) { r.Signature = "" },
		"short header":         func(r *Request) { r.Signature = r.Signature[:27] },
		"long header":          func(r *Request) { r.Signature += "=" },
		"one bit":              func(r *Request) { r.Signature = string(r.Signature[0]^1) + r.Signature[1:] },
		"signed by nobody":     func(r *Request) { r.Signature = Sign("", vectorHost+r.RequestURI, form) },
		"another path":         func(r *Request) { r.RequestURI = "/voice/turn/4?payment=p1" },
		"another query":        func(r *Request) { r.RequestURI = "/voice/turn/3?payment=p2" },
		"query gone":           func(r *Request) { r.RequestURI = "/voice/turn/3" },
		"other encoding":       func(r *Request) { r.RequestURI = "/voice/turn/3?payment=%701" },
		"fragment":             func(r *Request) { r.RequestURI += "#x" },
		"absolute":             func(r *Request) { r.RequestURI = vectorHost + r.RequestURI },
		"digits changed":       func(r *Request) { r.Body = []byte(strings.Replace(string(r.Body), "1234", "1235", 1)) },
		"a parameter added":    func(r *Request) { r.Body = append(slices.Clone(r.Body), "&Z=1"...) },
		"a parameter repeated": func(r *Request) { r.Body = append(slices.Clone(r.Body), "&Digits=9"...) },
		"a parameter gone":     func(r *Request) { r.Body = []byte(strings.Replace(string(r.Body), "&Digits=1234", "", 1)) },
		"body gone":            func(r *Request) { r.Body = nil },
		"body of another type": func(r *Request) { r.ContentType = "multipart/form-data" },
		"no type":              func(r *Request) { r.ContentType = "" },
		"by GET":               func(r *Request) { r.Method = "GET" },
		"form of another body": func(r *Request) { r.Form = &Form{} },
		"semicolons":           func(r *Request) { r.Body = []byte(strings.ReplaceAll(string(r.Body), "&", ";")) },
	} {
		r := good
		change(&r)
		if err := v.Check(r); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	good.ContentType = "Application/X-WWW-Form-Urlencoded; charset=UTF-8"
	good.Form = &form
	if err := v.Check(good); err != nil {
		t.Errorf("with a parsed form and a charset: %v", err)
	}
}

// gatherBody is a webhook as Twilio sends it.
const gatherBody = "AccountSid=ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&ApiVersion=2010-04-01&CallSid=CAbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" +
	"&CallStatus=in-progress&Called=%2B15550100000&CalledCity=&CalledCountry=US&CalledState=CA&CalledZip=" +
	"&Caller=%2B15557654321&CallerCity=OAKLAND&CallerCountry=US&CallerState=CA&CallerZip=94607&Digits=12345678" +
	"&Direction=inbound&FinishedOnKey=%23&From=%2B15557654321&FromCity=OAKLAND&FromCountry=US&FromState=CA&FromZip=94607" +
	"&To=%2B15550100000&ToCity=&ToCountry=US&ToState=CA&ToZip=&msg=Gather+End"

// payBody is the end of a payment.
const payBody = "AccountSid=ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&ApiVersion=2010-04-01&CallSid=CAbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" +
	"&CallStatus=in-progress&Called=%2B15550100000&Caller=%2B15557654321&ConnectorError=&Direction=inbound&ExpirationDate=1228" +
	"&From=%2B15557654321&PayErrorCode=64012&PaymentCardNumber=xxxxxxxxxxxx1111&PaymentCardType=visa" +
	"&PaymentConfirmationCode=ch_1&PaymentError=declined&PaymentMethod=credit-card&PaymentToken=&ProfileId=" +
	"&Result=payment-connector-error&SecurityCode=xxx&To=%2B15550100000"

// TestBoundaryMoves: Twilio signs names and values without anything between them. Every way to cut a real webhook
// differently at one place has the same signature; none may change what the shaped parameters or the path say.
func TestBoundaryMoves(t *testing.T) {
	t.Parallel()
	const uri = "/voice/turn/3?payment=01J9ZQ2K8W"
	v := validator(t, vectorHost, "token")
	for name, body := range map[string]string{"gather": gatherBody, "pay": payBody} {
		form := formOf(t, body)
		signature := Sign("token", vectorHost+uri, form)
		if err := v.Check(post(uri, body, signature)); err != nil {
			t.Fatal(err)
		}
		came, tried, passed := 0, 0, 0
		check := func(uri2 string, pairs []Pair) {
			if came++; came%recutEvery != 0 {
				return
			}
			r := post(uri2, encodePairs(pairs), signature)
			if tried++; v.Check(r) != nil {
				return
			}
			got, _ := ParseForm(r.Body)
			if _, err := ParseVoiceCall(got); err != nil {
				return
			}
			passed++
			if uri2 != uri {
				t.Errorf("%s: the URL became %s\n%v", name, uri2, pairs)
			}
			for _, s := range shapes {
				if got.Get(s.name) != form.Get(s.name) {
					t.Errorf("%s: %s was %q and became %q", name, s.name, form.Get(s.name), got.Get(s.name))
				}
			}
		}
		eachRecut(uri, form.Pairs(), check)
		t.Logf("%s: %d cuts, %d verify (free text only)", name, tried, passed)
		if tried < 500 {
			t.Errorf("%s: only %d cuts were tried", name, tried)
		}
	}
}

func encodePairs(pairs []Pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}

// eachRecut cuts one or two neighbouring pairs anew, at every place, into one, two or three pairs, and moves what
// stands at the border between URL and body.
func eachRecut(uri string, pairs []Pair, check func(uri string, pairs []Pair)) {
	whole := func(ps []Pair) string {
		var b strings.Builder
		for _, p := range ps {
			b.WriteString(p.Name + p.Value)
		}
		return b.String()
	}
	with := func(i, n int, instead ...Pair) []Pair {
		return slices.Concat(pairs[:i], instead, pairs[i+n:])
	}
	for n := 1; n <= 2; n++ {
		for i := 0; i+n <= len(pairs); i++ {
			text := whole(pairs[i : i+n])
			for a := 1; a <= len(text); a++ {
				if one := (Pair{text[:a], text[a:]}); n > 1 || one != pairs[i] {
					check(uri, with(i, n, one))
				}
				for b := a; b < len(text); b++ { // a pair, then the rest as it can be
					for _, c := range nameEnds(text, b) {
						two := []Pair{{text[:a], text[a:b]}, {text[b:c], text[c:]}}
						if n != 2 || !slices.Equal(two, pairs[i:i+2]) {
							check(uri, with(i, n, two...))
						}
					}
				}
			}
		}
	}
	first := pairs[0].Name + pairs[0].Value
	for a := 1; a <= len(first); a++ {
		check(uri+first[:a], with(0, 1, Pair{first[a:], ""}))
		for b := a + 1; b <= len(first); b++ {
			check(uri+first[:a], with(0, 1, Pair{first[a:b], first[b:]}))
		}
	}
	for a := 1; a < len(uri); a++ {
		check(uri[:a], slices.Concat([]Pair{{uri[a:], ""}}, pairs))
		check(uri[:a], with(0, 1, Pair{uri[a:] + pairs[0].Name, pairs[0].Value}))
		for b := a + 1; b < len(uri); b++ {
			check(uri[:a], slices.Concat([]Pair{{uri[a:b], uri[b:]}}, pairs))
		}
	}
}

// nameEnds are the places after b where a name could end: the shaped names', and one and all characters later.
func nameEnds(text string, b int) []int {
	ends := []int{b + 1, len(text)}
	for _, s := range shapes {
		if strings.HasPrefix(text[b:], s.name) {
			ends = append(ends, b+len(s.name))
		}
	}
	return ends
}

// TestRealWebhooksPass: what callers say and Twilio names must not look like a wrong cut.
func TestRealWebhooksPass(t *testing.T) {
	t.Parallel()
	v := validator(t, vectorHost, "token")
	base := "AccountSid=ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&CallSid=CAbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	for _, more := range []string{
		"", "&SpeechResult=success", "&UnstableSpeechResult=payment-plan", "&SpeechResult=Results+please&Confidence=0.9",
		"&SpeechResult=the+Direction+is+inbound", "&SpeechResult=Digits+and+Result", "&QueueResult=bridged&QueueSid=QU1",
		"&ParentCallSid=CAcccccccccccccccccccccccccccccccc", "&DialCallStatus=completed&DialCallSid=CAcc&DialCallDuration=3",
		"&Digits=hangup&RecordingUrl=https%3A%2F%2Fapi.twilio.com%2F2010-04-01%2FAccounts%2FACaa%2FRecordings%2FREdd",
		"&Digits=", "&PartialResult=true&Capture=security-code&Required=", "&CallSidEndingConference=CAcc&CallStatusX=1",
		"&SipHeader_X-Note=a%3Db+%2F+c&SipCallId=x%4010.0.0.1", "&PayConnector_auth-code=7&Result=success&PayErrorCode=",
		"&CallerName=O%27Brien+%26+S%C3%B6hne&Caller=anonymous", "&ErrorCode=11200&ErrorUrl=https%3A%2F%2Fa%2F%3FDigits%3D1",
		"&TranscriptionData=%7B%22transcript%22%3A%22Direction+inbound%22%7D&Final=true", "&Parameter1.Name=x&MediaUrl0=y&msg=z",
		"&NewResult=success", "&VerifyDirection=inbound&SomeDigits=12", "&ParticipantCallStatus=completed",
		"&Direction=outbound-dial&CallStatus=no-answer&ApiVersion=2010-04-01&StirVerstat=TN-Validation-Passed-A",
	} {
		form := formOf(t, base+more)
		if err := v.Check(post("/voice/turn/3?payment=p1&again=Digits%3D1", base+more, Sign("token", vectorHost+"/voice/turn/3?payment=p1&again=Digits%3D1", form))); err != nil {
			t.Errorf("%s: %v", more, err)
		}
	}
}

// TestPermutations: the order in which parameters come means nothing.
func TestPermutations(t *testing.T) {
	t.Parallel()
	v := validator(t, vectorHost, "token")
	form := formOf(t, gatherBody)
	signature := Sign("token", vectorHost+"/voice", form)
	parts := strings.Split(gatherBody, "&")
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		r := post("/voice", strings.Join(parts, "&"), signature)
		if err := v.Check(r); err != nil {
			t.Fatal(err)
		}
		if got := formOf(t, string(r.Body)); !slices.Equal(got.Pairs(), form.Pairs()) {
			t.Fatalf("read differently: %v", got.Pairs())
		}
	}
}

// FuzzSignature: a signature passes for other bytes only if what is signed is the very same, and what twilio-go's
// validator refuses never passes.
func FuzzSignature(f *testing.F) {
	f.Add("/voice", gatherBody, "/voice", gatherBody)
	f.Add("/voice/turn/3?payment=p1", payBody, "/voice/turn/3?payment=p", "1"+payBody)
	f.Add("/a?x=1", "CallSid=CA1&Digits=12", "/a?x=1", "CallSid=CA1&Digits1=2")
	f.Add("/a", "A=1", "/a", "A=1&A=2")
	f.Add("/a", "A=1", "/a?", "A=1")
	f.Add("/a?bodySHA256=00", "A=1", "/a", "A=1&bodySHA256=00")
	v := validator(f, vectorHost, "token")
	theirs := client.NewRequestValidator("token")
	f.Fuzz(func(t *testing.T, uri, body, uri2, body2 string) {
		form, err := ParseForm([]byte(body))
		if err != nil {
			return
		}
		signature := Sign("token", vectorHost+uri, form)
		r := post(uri2, body2, signature)
		if v.Check(r) != nil {
			return
		}
		form2, err := ParseForm(r.Body)
		if err != nil {
			t.Fatalf("a malformed body passed: %q", body2)
		}
		signed, _, _ := strings.Cut(uri, "#")
		one := string(appendSigned([]byte(signed), form))
		if two := string(appendSigned([]byte(uri2), form2)); one != two {
			t.Fatalf("signed %q and passed %q", one, two)
		}
		if _, err := url.Parse(vectorHost + uri2); err == nil && canonicalURL(uri2) && !theirs.ValidateBody(vectorHost+uri2, []byte(body2), signature) {
			t.Fatalf("twilio-go refuses %q %q", uri2, body2)
		}
	})
}

// canonicalURL tells whether url.Parse gives a URI back as it was; twilio-go signs what comes out of it.
func canonicalURL(uri string) bool {
	u, err := url.Parse(vectorHost + uri)
	return err == nil && u.String() == vectorHost+uri
}
