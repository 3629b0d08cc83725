using Microsoft.AspNetCore.Http;

namespace ToolRuntime.Tools.Tests.Providers;

/// <summary>What a provider answers on a bad day, and what is told of it.</summary>
/// <param name="Name">Of the day.</param>
/// <param name="AnswerAsync">What the server does.</param>
/// <param name="Told">The error's message, the provider's name left out.</param>
/// <param name="Retryable">Whether it may pass.</param>
/// <param name="RetryAfterMs">When to come back.</param>
internal sealed record BadDay(string Name, Func<HttpContext, Task> AnswerAsync, string Told, bool Retryable, long? RetryAfterMs = null)
{
    /// <summary>The longest answer that the tests let be read.</summary>
    public const int MaxBytes = 20_000;

    /// <summary>The tests' key, in no message.</summary>
    public const string Key = "key-0123456789abcdef";

    /// <summary>How long the tool waits for the provider on that day.</summary>
    public string Timeout => Name == "time-out" ? "00:00:00.5" : "00:01:00";

    /// <summary>The bad days of a provider.</summary>
    /// <param name="error">A refusal's body with words in it.</param>
    /// <param name="beginning">How a good answer begins.</param>
    public static IReadOnlyList<BadDay> Of(Func<string, string> error, string beginning) =>
    [
        new("401", c => Send(c, error("bad key " + Key), 401), " refused this server's key (401): bad key [redacted]", false),
        new("429", c =>
        {
            c.Response.Headers.RetryAfter = "7";
            return Send(c, error("slow\ndown"), 429);
        }, " answered 429: slow down", true, 7_000),
        new("500", c => Send(c, "<html>oops</html>", 500, "text/html"), " answered 500.", true),
        new("400", c => Send(c, error("no such thing"), 400), " answered 400: no such thing", false),
        new("redirect", c =>
        {
            c.Response.Headers.Location = "http://127.0.0.1:1/";
            return Send(c, "", 302);
        }, " answered 302.", false),
        new("time-out", c => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, c.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default), " did not answer within 0.5 s.", true),
        new("cut", async c =>
        {
            await Send(c, beginning);
            await c.Response.Body.FlushAsync();
            c.Abort();
        }, "'s answer broke off.", true),
        new("no JSON", c => Send(c, "<html>We will be back</html>", 200, "text/html"), "'s answer can't be read: it is no JSON.", true),
        new("half JSON", c => Send(c, beginning), "'s answer can't be read: it is no JSON.", true),
        new("huge", c => Send(c, beginning + new string(' ', 2 * MaxBytes)), $"'s answer is longer than {MaxBytes} bytes; it was not read to its end.", false),
    ];

    public static TheoryData<string> NamesOf(IReadOnlyList<BadDay> days) => [.. days.Select(day => day.Name)];

    private static Task Send(HttpContext context, string body, int status = 200, string type = "application/json") => ProviderServer.SendAsync(context, body, status, type);
}
