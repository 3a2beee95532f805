package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"wappasim/bot"
	"wappasim/bot/expiry"
)

// adminCommand does one thing that a person asked for, beside the running bots.
type adminCommand func(context.Context, *bot.Bot, io.Writer) error

func (do adminCommand) run(ctx context.Context, cfg bot.Config, stdout io.Writer) error {
	b, err := bot.New(cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, b, stdout), b.Close())
}

// parked returns what is parked, oldest first.
func parked(ctx context.Context, b *bot.Bot) ([]expiry.Parked, error) {
	all, err := b.Parked(ctx)
	slices.SortFunc(all, func(a, b expiry.Parked) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

func listParked(ctx context.Context, b *bot.Bot, w io.Writer) error {
	all, err := parked(ctx, b)
	if err != nil {
		return err
	}
	for _, p := range all {
		fmt.Fprintf(w, "%s  %s of %s  %s\n", p.At.Format(time.RFC3339), p.Action, p.Identifier, p.Reason)
	}
	fmt.Fprintf(w, "%d parked\n", len(all))
	return nil
}

// requeueParked has what is parked of the users sent again; of all, if there are
// none.
func requeueParked(ctx context.Context, b *bot.Bot, w io.Writer, users []string) error {
	all, err := parked(ctx, b)
	if err != nil {
		return err
	}
	for i := range users {
		users[i] = bot.UserID(users[i])
	}
	queued := 0
	var errs []error
	for _, p := range all {
		if len(users) > 0 && !slices.Contains(users, p.Identifier) {
			continue
		}
		if err := b.Requeue(ctx, p); err != nil {
			errs = append(errs, fmt.Errorf("%s of %s: %w", p.Action, p.Identifier, err))
			continue
		}
		queued++
	}
	fmt.Fprintf(w, "%d requeued\n", queued)
	return errors.Join(errs...)
}

func forgetUser(ctx context.Context, b *bot.Bot, w io.Writer, user string) error {
	if err := b.Forget(ctx, user); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s is forgotten\n", bot.UserID(user))
	return nil
}
