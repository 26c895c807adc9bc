package ivr

import "github.com/gin-gonic/gin"

// Routes adds every path that Twilio calls.
func (s *Server) Routes(r gin.IRouter) {
	voice := r.Group("/voice", s.verify)
	voice.POST("", s.arrive)                     // a call arrives: turn 0
	voice.POST("/turn/:n", s.turn)               // every later turn
	voice.POST("/fallback", s.fallback)          // Twilio could not use our answer
	voice.POST("/status", s.status)              // a call's status changed
	voice.POST("/pay", s.payStatus)              // progress inside <Pay>
	voice.POST("/payments/:id", s.paymentStatus) // progress and result of an agent-assisted payment
	voice.POST("/desk/:id", s.deskPay)           // an agent sends the caller to the keypad
	voice.POST("/desk/:id/done", s.deskPaid)     // and the caller comes back
	voice.POST("/amd", s.accept)                 // answering machine detection
	voice.POST("/recording", s.recording)        // a recording's status changed
	voice.POST("/transcription", s.accept)       // a transcription's status changed
}
