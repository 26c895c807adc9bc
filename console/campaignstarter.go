package console

// starterText is a campaign's file to begin with.
const starterText = `format: 1
campaign: my-campaign
about: Whom it rings, and why.
flow: {flow}
call_from: ["{from}"]
kind: renewal                       # renewal | collection | reminder; picks the rule book

contacts: lists/people.csv
columns:                            # field: column in the file
  phone: phone
  id: id
  timezone: timezone
  consent: consent_date
{needs}
calling_hours:                      # on the clock of the person we ring
  mon-fri: "09:00-19:30"
  sat: "10:00-16:00"
  unknown_timezone: strictest       # only ring when every possible zone is inside the hours

pace: { at_once: 10, per_minute: 30, warm_up: 10m }

answering_machine:
  detect: off                       # off | fast | wait_for_beep

try_again:
  no_answer: { after: 4h, up_to: 3 }
  busy: { after: 20m, up_to: 2 }

limits: { per_person_per_day: 1, per_person_per_week: 3 }
never_call: [company]
needs_consent: yes

stop_by_itself_if:
  opted_out: more than 5% of people reached
  errors: more than 10% of the last 50 calls
  abandoned: more than 3% of answered calls
`
