package twilio

import (
	"slices"
	"strconv"
)

// Codes that callers branch on.
const (
	CodeAccountConcurrency  = 10004
	CodeDocumentFailed      = 11200
	CodeUnauthorized        = 20003
	CodeCallNotOver         = 20009
	CodeNotFound            = 20404
	CodeTooManyRequests     = 20429
	CodeCallNotInProgress   = 21220
	CodePayConfiguration    = 64001
	CodePayUnavailable      = 64002
	CodePayAmount           = 64003
	CodePayConnectorUnknown = 64004
	CodePayChargeRejected   = 64008
	CodePayTokenRejected    = 64010
	CodePayCardRejected     = 64012
	CodePayActionNotHTTPS   = 64016
	CodePayNeitherNorBoth   = 64018
	CodePayIncomplete       = 64019
	CodePayParameter        = 64020
	CodePaySessionOpen      = 64021
)

// Level is how loud Twilio's notifications are about a code.
type Level string

// The levels. A code whose level is not on record has none.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
)

// Code is one of Twilio's error codes.
type Code struct {
	Number  int
	Level   Level  // "" when not on record
	Meaning string // in our words
}

// LookUpCode finds what is known of a code. Twilio has many more than the voice and payment codes kept here.
func LookUpCode(number int) (Code, bool) {
	i, ok := slices.BinarySearchFunc(codes, number, func(c Code, n int) int { return c.Number - n })
	if !ok {
		return Code{}, false
	}
	return codes[i], true
}

// MoreInfo is the address of a code in Twilio's documentation.
func (c Code) MoreInfo() string {
	return "https://www.twilio.com/docs/errors/" + strconv.Itoa(c.Number)
}

// codes are sorted by number. Sources: Twilio's error dictionary and OpenAPI description.
var codes = []Code{
	{10001, "", "the account is not active"},
	{10004, "", "the account has too many calls at once"},
	{11100, LevelError, "the URL is malformed"},
	{11200, LevelError, "a document or callback could not be fetched"},
	{11201, LevelError, "the TCP connection timed out"},
	{11202, LevelError, "the connection was refused"},
	{11203, LevelError, "the time for all tries together is over"},
	{11205, LevelError, "the connection failed"},
	{11206, LevelError, "the server broke the HTTP protocol"},
	{11210, LevelError, "the host name could not be resolved"},
	{11215, LevelError, "there were too many redirects"},
	{11217, LevelError, "the server answered with an error status"},
	{11220, LevelError, "the TLS handshake failed"},
	{11235, LevelError, "the certificate is for another host"},
	{11236, LevelError, "the certificate has expired"},
	{11237, LevelError, "the certificate is not trusted"},
	{11240, LevelError, "a connection override names an unknown edge"},
	{11241, LevelError, "a connection override names an edge that is not supported"},
	{11242, LevelError, "a connection override goes wrong at the interconnect"},
	{11243, LevelError, "a connection override has a bad retry policy"},
	{11750, "", "the document is larger than 64 kB"},
	{11770, "", "the body is empty"},
	{12100, LevelError, "the document is not well-formed XML"},
	{12101, LevelError, "the XML version is wrong"},
	{12102, LevelError, "the document's root is not Response"},
	{12200, LevelWarning, "a verb or attribute is not known and was passed over"},
	{12300, LevelError, "the content type is not understood"},
	{12400, "", "the document could not be run"},
	{13201, LevelError, "Dial must not stand in the TwiML of a dialled leg"},
	{13214, LevelWarning, "Dial has a bad caller id"},
	{13215, LevelWarning, "Dial has an element that may not stand in it"},
	{13224, LevelWarning, "Dial: the number is not supported"},
	{13225, LevelWarning, "Dial: the number is blocked"},
	{13227, LevelWarning, "Dial: calls to that region are not allowed"},
	{13238, LevelError, "a verb may not stand in a conference's wait document"},
	{13240, "", "Conference: the call to coach is wrong"},
	{13320, LevelWarning, "Gather has an element that may not stand in it"},
	{13325, LevelWarning, "Gather: the audio type is wrong"},
	{13327, LevelWarning, "Gather: speechTimeout is wrong"},
	{13335, LevelWarning, "Gather: speechTimeout auto cannot be used with that speech model"},
	{13337, LevelError, "Gather: the action must be https in PCI mode"},
	{13520, "", "Say: the text is too long"},
	{13521, "", "Say: the text is too long once it is encoded"},
	{13615, LevelWarning, "Record: too long to be transcribed"},
	{13617, LevelWarning, "Record: a transcription takes 2 to 120 seconds"},
	{13619, LevelWarning, "Record: no transcription with encryption or in PCI mode"},
	{13620, LevelWarning, "Record: no transcription with encryption or in PCI mode"},
	{13710, "", "Redirect is wrong"},
	{13810, "", "Reject is wrong"},
	{13910, "", "Pause is wrong"},
	{14207, "", "the queue is full"},
	{14300, "", "Start or Stop has an element that may not stand in it"},
	{15002, "", "a callback waited too long in the queue"},
	{15003, LevelWarning, "a status callback was answered with neither 204 nor 200"},
	{15004, LevelError, "inline TwiML needs an absolute URL"},
	{16025, "", "the participant's label is taken"},
	{16101, "", "recording: too short"},
	{16102, "", "recording: silent"},
	{16104, "", "recording: encryption failed"},
	{16105, "", "recording: no valid key"},
	{16106, "", "recording: Twilio failed"},
	{16107, "", "recording: encrypted with the alternate key"},
	{16108, "", "more than one recording runs, so Twilio.CURRENT is ambiguous"},
	{16109, "", "an encrypted recording comes as .wav only"},
	{16111, "", "external storage is set up wrongly"},
	{16112, "", "external storage refused access"},
	{16113, "", "the recording has one channel only"},
	{17585, "", "Transcription: the callback URL must be absolute"},
	{20001, "", "a parameter is unknown or wrong"},
	{20003, "", "the credentials are wrong"},
	{20004, "", "the method is not allowed here"},
	{20006, "", "access is denied"},
	{20007, "", "the page size is too large"},
	{20008, "", "not possible with test credentials"},
	{20009, "", "not possible before it is completed"},
	{20403, "", "forbidden"},
	{20404, "", "there is no such thing"},
	{20409, "", "it conflicts with what is there"},
	{20410, "", "it is gone for good"},
	{20413, "", "the request is too large"},
	{20422, "", "a parameter is wrong"},
	{20429, "", "too many requests; this one was not processed"},
	{21201, "", "To is missing"},
	{21205, "", "the URL is wrong"},
	{21206, "", "SendDigits is wrong"},
	{21208, "", "Timeout is wrong"},
	{21209, "", "the method is wrong"},
	{21210, "", "From is not a number of the account"},
	{21211, "", "To is wrong"},
	{21212, "", "From is wrong"},
	{21213, "", "From is missing"},
	{21214, "", "To cannot be reached"},
	{21215, "", "calls to that region are not allowed"},
	{21216, "", "the number is blocked"},
	{21217, "", "that is not a phone number"},
	{21218, "", "the application id is wrong"},
	{21219, "", "a trial account may call verified numbers only"},
	{21220, "", "the call is not in progress"},
	{21234, "", "a setting of machine detection is wrong"},
	{21262, "", "asynchronous machine detection needs a callback"},
	{21263, "", "asynchronous machine detection does not go with that"},
	{31901, "", "stream: the connection timed out"},
	{31902, "", "stream: the connection was refused"},
	{31903, "", "stream: the connection broke"},
	{31920, "", "stream: the handshake failed"},
	{31921, "", "stream: closed by the server"},
	{31950, "", "stream: a message is malformed"},
	{31951, "", "stream: a message is not valid"},
	{32014, "", "the call had no audio"},
	{32015, "", "the call reached its longest duration"},
	{32016, "", "nothing was heard from the carrier in time"},
	{32017, "", "the carrier blocked the caller id"},
	{32018, "", "inline TwiML is longer than 4,000 characters"},
	{32019, "", "both URL and TwiML were given; the URL was used"},
	{32021, "", "the caller's identity could not be verified"},
	{32650, "", "transcription: the configuration is wrong"},
	{32651, "", "transcription: the provider failed"},
	{32652, "", "transcription: the configuration is not supported"},
	{32655, "", "transcription: the provider is not available"},
	{64001, LevelError, "the payment connector is set up wrongly"},
	{64002, LevelError, "the payment service is not available; try again"},
	{64003, LevelError, "the charge amount is wrong"},
	{64004, LevelError, "there is no payment connector of that name"},
	{64005, LevelError, "the payment connector cannot save cards"},
	{64006, LevelError, "the payment connector cannot do that token type"},
	{64007, LevelError, "the payment connector cannot charge"},
	{64008, LevelError, "the gateway rejected the charge"},
	{64009, LevelError, "Twilio is no longer authorised at the gateway"},
	{64010, LevelError, "the gateway refused to save the card"},
	{64011, LevelError, "the currency is not supported"},
	{64012, LevelError, "the gateway rejected the card"},
	{64013, LevelError, "the payment connector cannot do that payment method"},
	{64014, LevelError, "a bank payment needs the parameter AVSName"},
	{64015, LevelError, "a parameter that the payment connector needs is missing"},
	{64016, LevelError, "the action of Pay must be https"},
	{64017, LevelError, "a bank account type was given for a card"},
	{64018, LevelError, "either Capture or Status must be given, and not both"},
	{64019, LevelError, "the payment cannot be completed: a field is missing"},
	{64020, LevelError, "a payment parameter is wrong"},
	{64021, LevelError, "not possible now: a payment session is open already"},
	{64022, LevelError, "the connector is in test mode and the card is not a test card"},
	{64023, LevelError, "the connector is in test mode and the account is not a test account"},
	{64024, LevelError, "the payment connector is not approved for live payments"},
	{64101, "", "ConversationRelay: an attribute or provider is wrong"},
	{64102, "", "ConversationRelay: the connection failed"},
	{64105, "", "ConversationRelay: the connection was closed"},
	{64107, "", "ConversationRelay: too many messages were wrong"},
}
