package console

import (
	"fmt"
	"strings"
)

// words is every sentence of the pages, in one place. {name} is filled in.
var words = map[string]string{
	"skip":     "Skip to the page",
	"pages":    "Pages",
	"now":      "Now",
	"phone":    "Phone",
	"calls":    "Calls",
	"flows":    "Flows",
	"payments": "Payments",
	"problems": "Problems of the API",
	"theme":    "Colours",
	"system":   "System",
	"light":    "Light",
	"dark":     "Dark",
	"help":     "Help",
	"helpText": "Every page works without JavaScript; with it, live pages renew themselves. Card numbers never reach this server, so there are none to show.",
	"apiDocs":  "API description",

	"liveCalls":     "On the line now",
	"noLive":        "Nobody is on the line.",
	"noLiveHint":    "Ring the line from the phone to see a call here.",
	"openPhone":     "Open the phone",
	"today":         "Today",
	"callsToday":    "calls",
	"paidToday":     "paid",
	"declinedToday": "declined",
	"needsLook":     "to look at",
	"needsLookHint": "Payments whose result nobody knows, or whose results contradict each other",
	"attention":     "Somebody should look",
	"lookPayments":  "{count} payments need a look",
	"lookCards":     "{count} times digits that look like a card number came outside of a payment; they were dropped",
	"latest":        "Latest calls",
	"allCalls":      "All calls",

	"when":      "When",
	"from":      "From",
	"flow":      "Flow",
	"state":     "State",
	"length":    "Length",
	"payment":   "Payment",
	"call":      "Call",
	"noCalls":   "No calls yet.",
	"nextPage":  "Older",
	"onTheLine": "on the line",
	"atScene":   "in {scene}",

	"status":       "Status",
	"to":           "To",
	"began":        "Began",
	"version":      "Flow version",
	"turns":        "Turns",
	"scenes":       "Scenes",
	"timeline":     "Timeline",
	"noEvents":     "Nothing was told of this call.",
	"live":         "live",
	"amount":       "Amount",
	"card":         "Card",
	"confirmation": "Confirmation",
	"cardEnding":   "{brand} ending {last4}",
	"noSuchPage":   "There is no such page",
	"noSuchCall":   "This call is not known, or was forgotten about a day after its end.",
	"noSuchFlow":   "There is no flow of this name in the project in use.",
	"trouble":      "This page cannot be shown",
	"troubleText":  "Something went wrong here. The server's log says more.",
	"badQuery":     "The address of this page is not understood.",
	"backToNow":    "Back to Now",
	"callsHereNow": "callers here now",
	"noFlows":      "The project has no flows.",
	"speaks":       "Speaks",
	"sceneCount":   "{count} scenes",
	"diagram":      "Diagram",
	"asList":       "The same as a list",
	"forWhat":      "Who for",
	"result":       "Result",
	"fromSource":   "From",
	"noPayments":   "No payments yet.",
	"allStates":    "All",
	"onlyLook":     "To look at",
	"saveOnly":     "card saved",
	"theEnd":       "end",
	"anytime":      "at any time",

	"rowCallFrom":       "call from {from}",
	"rowCallEnded":      "call ended",
	"rowOutcome":        "outcome {outcome}",
	"rowSent":           "sent {event}",
	"rowFallback":       "an answer could not be used",
	"rowPaymentStarted": "payment started {amount}",
	"rowTry":            "try {n}",

	"signIn":           "Sign in",
	"signOut":          "Sign out",
	"signedIn":         "You are signed in",
	"onward":           "Go on",
	"name":             "Name",
	"password":         "Password",
	"signInAtProvider": "Sign in with your organisation",
	"linksHere":        "On this computer, as:",
	"nobodyYet":        "Nobody can sign in yet: add a user with paydial user add.",
	"wrongPassword":    "The name or the password is not right.",
	"tooManyAttempts":  "Too many attempts. Try again in {seconds} seconds.",
	"sessionEnded":     "Your session has ended. Please sign in again.",
	"noSuchLink":       "This link does not sign anybody in. Links work while the process that printed them runs, on the same computer.",
	"noProvider":       "This server has no other place to sign in at.",
	"staleSignIn":      "This sign-in began somewhere else, or too long ago. Please begin again.",
	"noRole":           "You are known, and have no role here. Somebody who looks after the users can give you one.",
	"providerRefused":  "The sign-in was not finished there.",
	"providerAway":     "The place to sign in at does not answer as it should. Please try again in a while.",

	"audit":    "Audit",
	"who":      "Who",
	"action":   "Action",
	"since":    "Since",
	"find":     "Find",
	"allLines": "All lines",
	"via":      "Via",
	"number":   "Number",
	"nobody":   "nobody",
	"noLines":  "No lines.",

	"problemCode":   "Code",
	"problemStatus": "Status",
	"problemMeans":  "What to do",
}

// t is a sentence of the catalogue with its gaps filled: t "atScene" "scene" "pay".
func t(key string, pairs ...any) string {
	text, ok := words[key]
	if !ok {
		return "⟨" + key + "⟩"
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return text
}
