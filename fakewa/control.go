package fakewa

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed control.yaml
var controlAPI []byte

// Control returns the Graph API with the control API beside it, which tests in
// any language use: GET /_fakewa/openapi.yaml describes it.
func (p *Platform) Control() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", p)
	mux.HandleFunc("GET /_fakewa/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(controlAPI)
	})
	mux.Handle("/_fakewa/", controlHandler(func(r *http.Request) (any, error) { return nil, nowhere(r) }))
	for pattern, h := range platformRoutes {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" /_fakewa/"+path, controlHandler(func(r *http.Request) (any, error) { return h(p, r) }))
	}
	for pattern, h := range controlRoutes {
		method, path, _ := strings.Cut(pattern, " ")
		of := func(find func(r *http.Request) *Server) controlHandler {
			return func(r *http.Request) (any, error) {
				if s := find(r); s != nil {
					return h(s, r)
				}
				return nil, nowhere(r)
			}
		}
		mux.Handle(method+" /_fakewa/"+path, of(func(*http.Request) *Server { return p.First() }))
		mux.Handle(method+" /_fakewa/businesses/{business}/"+path, of(func(r *http.Request) *Server { return p.Business(r.PathValue("business")) }))
	}
	return mux
}

// platformRoutes are what there is for all businesses, under /_fakewa/.
var platformRoutes = map[string]func(*Platform, *http.Request) (any, error){
	"GET clock":                    (*Platform).controlTime,
	"POST clock":                   (*Platform).controlClock,
	"GET businesses":               (*Platform).controlBusinesses,
	"POST businesses":              (*Platform).controlAdd,
	"DELETE businesses/{business}": (*Platform).controlRemove,
}

// controlRoutes are what there is for each business, under /_fakewa/ for the
// first and under /_fakewa/businesses/{id}/ for any.
var controlRoutes = map[string]func(*Server, *http.Request) (any, error){
	"GET users":                   (*Server).controlUsers,
	"GET users/{user}":            (*Server).controlUser,
	"PATCH users/{user}":          (*Server).controlProfile,
	"GET users/{user}/messages":   (*Server).controlConversation,
	"POST users/{user}/messages":  (*Server).controlSend,
	"POST users/{user}/tap":       (*Server).controlTap,
	"POST users/{user}/react":     (*Server).controlReact,
	"POST users/{user}/read":      (*Server).controlRead,
	"POST users/{user}/play":      (*Server).controlPlay,
	"POST messages":               (*Server).controlBatch,
	"GET messages":                (*Server).controlMessages,
	"GET requests":                (*Server).controlRequests,
	"GET webhooks":                (*Server).controlDeliveries,
	"POST webhooks/{n}/redeliver": (*Server).controlRedeliver,
	"POST errors":                 (*Server).controlError,
	"GET report":                  (*Server).controlReport,
	"GET webhook":                 (*Server).controlWebhook,
	"PUT webhook":                 (*Server).controlSetWebhook,
	"GET number":                  (*Server).controlNumber,
	"PATCH number":                (*Server).controlSetNumber,
	"GET templates":               (*Server).controlTemplates,
	"POST templates/{id}":         (*Server).controlTemplate,
	"GET faults":                  (*Server).controlFaults,
	"POST faults":                 (*Server).controlInject,
	"DELETE faults":               (*Server).controlClearFaults,
	"DELETE faults/{id}":          (*Server).controlRemoveFault,
	"GET state":                   (*Server).controlState,
	"POST reset":                  (*Server).controlReset,
}

// controlHandler answers a call of a test with a value, 200, or with an error, 400.
type controlHandler func(r *http.Request) (any, error)

// problem is an error with another status than 400.
type problem struct {
	status int
	err    error
}

func (p *problem) Error() string { return p.err.Error() }

func nowhere(r *http.Request) error {
	return &problem{http.StatusNotFound, fmt.Errorf("fakewa: there is no %s %s; GET /_fakewa/openapi.yaml says what there is", r.Method, r.URL.Path)}
}

func (h controlHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	value, err := h(r)
	status := http.StatusOK
	if err != nil {
		status, value = http.StatusBadRequest, map[string]string{"error": err.Error()}
		if p, ok := errors.AsType[*problem](err); ok {
			status = p.status
		}
	}
	if made, ok := value.(created); ok {
		status, value = http.StatusCreated, made.value
	}
	body, err := encode(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"fakewa: the answer could not be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client went away
}

// created is an answer with status 201.
type created struct{ value any }

// read decodes a body into a pointer. What the body has and the value has not is
// an error. Without a body the value stays as it is.
func read(r *http.Request, into any, example string) error {
	body, err := io.ReadAll(r.Body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &problem{http.StatusRequestEntityTooLarge, fmt.Errorf("fakewa: the body is larger than %d bytes", tooLarge.Limit)}
	}
	if err != nil {
		return fmt.Errorf("fakewa: read the body: %w", err)
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		return nil
	}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("fakewa: the body is no JSON like %s: %s", example, strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("fakewa: the body is more than one JSON value; want one like %s", example)
	}
	return nil
}

// duration is a time.Duration that is "1h30m" in JSON and YAML.
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = duration(parsed)
	return err
}

func (p *Platform) controlTime(*http.Request) (any, error) {
	return map[string]string{"now": p.clock.Now().Format(milliseconds)}, nil
}

func (p *Platform) controlClock(r *http.Request) (any, error) {
	var body struct {
		Advance duration `json:"advance"`
	}
	if err := read(r, &body, `{"advance":"24h1s"}`); err != nil {
		return nil, err
	}
	if err := p.clock.Advance(r.Context(), time.Duration(body.Advance)); err != nil {
		return nil, err
	}
	return p.controlTime(r)
}

func (p *Platform) controlBusinesses(*http.Request) (any, error) {
	businesses := []any{}
	for _, s := range p.Businesses() {
		businesses = append(businesses, s.business())
	}
	return map[string]any{"businesses": businesses}, nil
}

// business is what a test needs to know of one. It has no secret.
func (s *Server) business() map[string]string {
	return map[string]string{
		"business_id": s.cfg.BusinessID, "phone_number_id": s.cfg.PhoneNumberID, "app_id": s.cfg.AppID,
		"display_phone_number": s.cfg.DisplayNumber, "webhook": s.WebhookURL(),
	}
}

func (p *Platform) controlAdd(r *http.Request) (any, error) {
	body := configObject{Config: p.First().cfg}
	body.Recipients = slices.Clone(body.Recipients) // which the decoder writes into
	body.Redeliver = duration(body.Config.Redeliver)
	if err := read(r, &body, `{"business_id":"1","phone_number_id":"2","webhook":"http://127.0.0.1:8000/webhook"}`); err != nil {
		return nil, err
	}
	body.Config.Redeliver = time.Duration(body.Redeliver)
	s, err := p.Add(body.Config)
	if err != nil {
		return nil, err
	}
	return created{s.business()}, nil
}

func (p *Platform) controlRemove(r *http.Request) (any, error) {
	business := r.PathValue("business")
	if p.Business(business) == nil {
		return nil, nowhere(r)
	}
	return success, p.Remove(business)
}

func (s *Server) controlUsers(*http.Request) (any, error) {
	return map[string]any{"users": append([]User{}, s.Users()...)}, nil
}

func (s *Server) phone(r *http.Request) (*Phone, error) {
	user := r.PathValue("user")
	return s.Phone(user), checkUser(user)
}

func (s *Server) controlUser(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err != nil {
		return nil, err
	}
	return phone.Profile(), nil
}

func (s *Server) controlProfile(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err != nil {
		return nil, err
	}
	profile := phone.Profile()
	if err := read(r, &profile, `{"name":"Ana","username":"ana","silent":true,"blocks":false}`); err != nil {
		return nil, err
	}
	phone.SetProfile(profile)
	return phone.Profile(), nil
}

func messagesObject(messages []Message) any {
	if messages == nil {
		messages = []Message{}
	}
	return map[string]any{"messages": messages}
}

func (s *Server) controlConversation(r *http.Request) (any, error) {
	if _, err := s.phone(r); err != nil {
		return nil, err
	}
	return messagesObject(s.Conversation(r.PathValue("user"))), nil
}

// said is the answer to what a user said.
func (s *Server) said(r *http.Request, user string, content Content) (any, error) {
	hook, err := s.Compose(Inbound{user, content})
	if err != nil {
		return nil, err
	}
	return created{map[string]any{"id": hook.IDs[0], "webhook": s.BringOnce(r.Context(), hook)}}, nil
}

func (s *Server) controlSend(r *http.Request) (any, error) {
	var content Content
	if err := read(r, &content, `{"type":"text","text":{"body":"hi"}}`); err != nil {
		return nil, err
	}
	return s.said(r, r.PathValue("user"), content)
}

func (s *Server) controlTap(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Choice string `json:"choice"`
	}
	if err := read(r, &body, `{"choice":"Yes"}`); err != nil {
		return nil, err
	}
	if body.Choice == "" {
		return nil, errors.New(`fakewa: choice is missing: want the title or id of a button or row, like {"choice":"Yes"}`)
	}
	content, err := phone.choice(body.Choice)
	if err != nil {
		return nil, err
	}
	return s.said(r, phone.user, content)
}

func (s *Server) controlReact(r *http.Request) (any, error) {
	var body struct {
		MessageID string `json:"message_id"`
		Emoji     string `json:"emoji"`
	}
	if err := read(r, &body, `{"message_id":"wamid.…","emoji":"👍"}`); err != nil {
		return nil, err
	}
	if body.MessageID == "" {
		return nil, errors.New(`fakewa: message_id is missing: want the id of a message, like {"message_id":"wamid.…","emoji":"👍"}`)
	}
	return s.said(r, r.PathValue("user"), Reaction(body.MessageID, body.Emoji))
}

func (s *Server) controlRead(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err == nil {
		phone.Read()
	}
	return success, err
}

func (s *Server) controlPlay(r *http.Request) (any, error) {
	phone, err := s.phone(r)
	if err == nil {
		phone.Play()
	}
	return success, err
}

func (s *Server) controlBatch(r *http.Request) (any, error) {
	var body struct {
		Messages []Content `json:"messages"`
	}
	if err := read(r, &body, `{"messages":[{"from":"16505551234","type":"text","text":{"body":"hi"}}]}`); err != nil {
		return nil, err
	}
	var batch []Inbound
	for _, content := range body.Messages {
		from, _ := content["from"].(string)
		delete(content, "from")
		batch = append(batch, Inbound{from, content})
	}
	hook, err := s.Compose(batch...)
	if err != nil {
		return nil, err
	}
	return created{map[string]any{"ids": hook.IDs, "webhook": s.BringOnce(r.Context(), hook)}}, nil
}

// maxWait is how long a test waits at most for a message, by the machine's clock.
const maxWait = 5 * time.Minute

// filter reads what messages a test asks for.
func filter(q url.Values) (f Filter, err error) {
	known := map[string][]string{ // parameters, and their values if these are few
		"user": nil, "type": nil, "since": nil, "after": nil, "wait": nil,
		"direction": {string(In), string(Out)},
		"status":    {"sent", "delivered", "read", "played", "failed"},
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		values, ok := known[name]
		if value := q.Get(name); !ok {
			return f, fmt.Errorf("fakewa: there is no parameter %q; there are %q", name, slices.Sorted(maps.Keys(known)))
		} else if value != "" && values != nil && !slices.Contains(values, value) {
			return f, fmt.Errorf("fakewa: %s is %q; want one of %q", name, value, values)
		}
	}
	f = Filter{User: q.Get("user"), Direction: Direction(q.Get("direction")), Type: q.Get("type"), Status: q.Get("status"), After: q.Get("after")}
	if since := q.Get("since"); since != "" {
		if f.Since, err = time.Parse(time.RFC3339, since); err != nil {
			return f, fmt.Errorf("fakewa: since is %q; want a time like 2026-01-05T09:00:00Z", since)
		}
	}
	return f, nil
}

func (s *Server) controlMessages(r *http.Request) (any, error) {
	q := r.URL.Query()
	f, err := filter(q)
	if err != nil {
		return nil, err
	}
	wait := q.Get("wait")
	if wait == "" {
		return messagesObject(s.Messages(f)), nil
	}
	d, err := time.ParseDuration(wait)
	if err != nil || d <= 0 || d > maxWait {
		return nil, fmt.Errorf("fakewa: wait is %q; want a time up to %s, like 30s", wait, maxWait)
	}
	ctx, cancel := context.WithTimeout(r.Context(), d)
	defer cancel()
	messages, err := s.Wait(ctx, f)
	if err != nil {
		return nil, &problem{http.StatusRequestTimeout, fmt.Errorf("fakewa: no such message came within %s", wait)}
	}
	return messagesObject(messages), nil
}

func (s *Server) controlRequests(*http.Request) (any, error) {
	return map[string]any{"requests": append([]Request{}, s.Requests()...), "dropped": s.Dropped().Requests}, nil
}

func (s *Server) controlDeliveries(*http.Request) (any, error) {
	return map[string]any{"webhooks": append([]Delivery{}, s.Deliveries()...), "dropped": s.Dropped().Deliveries}, nil
}

func (s *Server) controlRedeliver(r *http.Request) (any, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return nil, fmt.Errorf("fakewa: %q is no number of a delivery", r.PathValue("n"))
	}
	answer, err := s.DeliverAgain(r.Context(), n)
	if err != nil {
		return nil, &problem{http.StatusNotFound, err}
	}
	return map[string]any{"webhook": answer}, nil
}

func (s *Server) controlError(r *http.Request) (any, error) {
	var body struct {
		Code    int    `json:"code"`
		Details string `json:"details"`
	}
	if err := read(r, &body, `{"code":130429,"details":"…"}`); err != nil {
		return nil, err
	}
	if body.Code == 0 {
		return nil, errors.New(`fakewa: code is missing: want an error code of Meta's, like {"code":130429}`)
	}
	s.TellError(body.Code, body.Details)
	return success, nil
}

func (s *Server) controlWebhook(*http.Request) (any, error) {
	return map[string]string{"url": s.WebhookURL()}, nil
}

func (s *Server) controlSetWebhook(r *http.Request) (any, error) {
	body := struct {
		URL         string `json:"url"`
		VerifyToken string `json:"verify_token"`
	}{VerifyToken: s.cfg.VerifyToken}
	if err := read(r, &body, `{"url":"http://127.0.0.1:8000/webhook","verify_token":"verify"}`); err != nil {
		return nil, err
	}
	return success, s.SetWebhook(r.Context(), body.URL, body.VerifyToken)
}

// faultObject is a fault with its times in words.
type faultObject struct {
	Fault
	Delay duration `json:"delay,omitempty"`
}

func (s *Server) controlFaults(*http.Request) (any, error) {
	faults := []faultObject{}
	for _, f := range s.Faults() {
		faults = append(faults, faultObject{f, duration(f.Delay)})
	}
	return map[string]any{"faults": faults}, nil
}

func (s *Server) controlInject(r *http.Request) (any, error) {
	var body faultObject
	if err := read(r, &body, `{"endpoint":"messages","code":131016,"times":3}`); err != nil {
		return nil, err
	}
	body.Fault.Delay = time.Duration(body.Delay)
	if err := body.Fault.Check(); err != nil {
		return nil, err
	}
	return created{map[string]int{"id": s.inject(body.Fault)}}, nil
}

func (s *Server) controlClearFaults(*http.Request) (any, error) {
	for _, f := range s.Faults() {
		s.RemoveFault(f.ID)
	}
	return success, nil
}

func (s *Server) controlRemoveFault(r *http.Request) (any, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || !s.RemoveFault(id) {
		return nil, &problem{http.StatusNotFound, fmt.Errorf("fakewa: there is no fault %q", r.PathValue("id"))}
	}
	return success, nil
}
