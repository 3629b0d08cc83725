using System.Text;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>What every provider's client does when things go wrong.</summary>
public sealed class ProviderFailureTests
{
    public static readonly TheoryData<string> All = ["openai", "anthropic", "gemini"];

    private const string Busy = """{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}""";

    [Theory, MemberData(nameof(All))]
    public async Task Ask_SlowStream_GivesEachPieceAsItComes(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        var dialect = Dialect.Of(provider);
        var seen = new TaskCompletionSource();
        server.Answers(async context =>
        {
            await FakeProvider.WriteAsync(context, [dialect.Opening]);
            await seen.Task.WaitAsync(FakeProvider.Patience);
            foreach (var b in Encoding.UTF8.GetBytes(dialect.Ending))
            {
                await context.Response.Body.WriteAsync(new[] { b });
                await context.Response.Body.FlushAsync();
            }
        });

        var text = new List<string>();
        await foreach (var update in server.Client(provider).GetStreamingResponseAsync("Hi"))
        {
            if (update.Text.Length > 0) text.Add(update.Text);
            seen.TrySetResult();
        }

        Assert.Equal(["one", "two"], text);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_ConnectionCutInAnEvent_IsATransportError(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        var dialect = Dialect.Of(provider);
        var seen = new TaskCompletionSource();
        server.Answers(async context =>
        {
            await FakeProvider.WriteAsync(context, dialect.Opening, dialect.Ending[..20]);
            await seen.Task.WaitAsync(FakeProvider.Patience);
            context.Abort();
        });
        await using var updates = server.Client(provider).GetStreamingResponseAsync("Hi").GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("one", updates.Current.Text);

        seen.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(async () => await updates.MoveNextAsync());
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_AnswerEndsBeforeItIsWhole_IsATransportError(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(Dialect.Of(provider).Opening);

        await Assert.ThrowsAsync<IOException>(() => server.Client(provider).GetResponseAsync("Hi"));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_EventThatIsNoJson_IsATransportError(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(Dialect.Of(provider).Opening, "data: <html>\n\n");

        await Assert.ThrowsAsync<IOException>(() => server.Client(provider).GetResponseAsync("Hi"));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_ErrorInTheStream_MayBeTriedAgain(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(Dialect.Of(provider).Opening, Dialect.Of(provider).StreamError);

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client(provider).GetResponseAsync("Hi"));

        Assert.True(failure.Error.Retryable);
        Assert.True(failure.TryAgain);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_SilentForTooLong_TimesOut(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Answers(async context =>
        {
            await FakeProvider.WriteAsync(context, [Dialect.Of(provider).Opening]);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var updates = server.Client(provider).GetStreamingResponseAsync("Hi").GetAsyncEnumerator();

        Assert.True(await updates.MoveNextAsync());
        server.Time.Longest = TimeSpan.FromHours(1);

        await Assert.ThrowsAsync<TimeoutException>(async () => await updates.MoveNextAsync());
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_CancelledInAnAnswer_ClosesTheRequest(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        var aborted = new TaskCompletionSource();
        server.Answers(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            await FakeProvider.WriteAsync(context, [Dialect.Of(provider).Opening]);
            await aborted.Task;
        });
        using var cancel = new CancellationTokenSource();
        await using var updates = server.Client(provider).GetStreamingResponseAsync("Hi", cancellationToken: cancel.Token).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());

        var next = updates.MoveNextAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        await aborted.Task.WaitAsync(FakeProvider.Patience);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_AnswerGivenUp_ClosesTheRequest(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        var aborted = new TaskCompletionSource();
        server.Answers(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            await FakeProvider.WriteAsync(context, [Dialect.Of(provider).Opening]);
            await aborted.Task;
        });

        await foreach (var update in server.Client(provider).GetStreamingResponseAsync("Hi")) break;

        await aborted.Task.WaitAsync(FakeProvider.Patience);
    }

    [Theory]
    [InlineData("openai", 429, "retry-after-ms", "1500", 1.5)]
    [InlineData("openai", 429, "Retry-After", "7", 7)]
    [InlineData("anthropic", 529, "Retry-After", "7", 7)]
    [InlineData("anthropic", 429, "Retry-After", "Sat, 31 Jan 2026 09:30:20 GMT", 20)]
    [InlineData("gemini", 503, "Retry-After", "7", 7)]
    public async Task Ask_BusyThenWell_WaitsAsAdvisedAndAsksAgain(string provider, int status, string header, string advice, double seconds)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(status, Busy, (header, advice)).Streams(Dialect.Of(provider).Opening, Dialect.Of(provider).Ending);

        var response = await server.Client(provider).GetResponseAsync("Hi");

        Assert.Equal("onetwo", response.Text);
        Assert.Equal([TimeSpan.FromSeconds(seconds)], server.Time.Waits);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_BusyForLongerThanAllowed_FailsRecoverably(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(429, Busy, ("Retry-After", "40")).Refuses(429, Busy, ("Retry-After", "21"));

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client(provider).GetResponseAsync("Hi"));

        Assert.Equal((ToolErrorCodes.Temporary, true, false), (failure.Error.Code, failure.Error.Retryable, failure.TryAgain));
        Assert.Equal([TimeSpan.FromSeconds(40)], server.Time.Waits);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Ask_BusyWithoutAdvice_BacksOffWithinTheLimit()
    {
        await using var server = await FakeProvider.StartAsync();
        for (var i = 0; i < 10; i++) server.Refuses(503, "busy");

        await Assert.ThrowsAsync<ModelException>(() => server.Client("openai").GetResponseAsync("Hi"));

        Assert.InRange(server.Time.Waits.Count, 4, 5);
        Assert.True(server.Time.Waits.Sum(w => w.TotalSeconds) <= 60);
        Assert.All(server.Time.Waits.Index(), w => Assert.InRange(w.Item.TotalSeconds, 0.75 * (1 << w.Index), 1.25 * (1 << w.Index)));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_KeyRefused_FailsForGoodAndRepeatsNothing(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(401, $$$"""{"error":{"message":"Incorrect API key provided: {{{FakeProvider.Key}}}"}}""");

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client(provider).GetResponseAsync("Hi"));

        Assert.Equal((ToolErrorCodes.ModelUnauthorized, false, false), (failure.Error.Code, failure.Error.Retryable, failure.TryAgain));
        Assert.DoesNotContain("sk-", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Ask_RequestRefused_SaysWhyWithoutKeys(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(400, $$$"""{"error":{"message":"Too long. Key {{{FakeProvider.Key}}}, Bearer abcdefghijkl. {{{new string('x', 1_000)}}}"}}""");

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client(provider).GetResponseAsync("Hi"));

        Assert.Equal((ToolErrorCodes.ModelRejected, false), (failure.Error.Code, failure.Error.Retryable));
        Assert.StartsWith("The model's provider refused the request (400). It says: Too long. Key ***, ***", failure.Error.Message, StringComparison.Ordinal);
        Assert.True(failure.Error.Message.Length < 400);
    }

    [Fact]
    public async Task Ask_Redirect_IsNotFollowed()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Refuses(307, "{}", ("Location", "/elsewhere"));

        await Assert.ThrowsAsync<ModelException>(() => server.Client("anthropic").GetResponseAsync("Hi"));

        Assert.Single(server.Requests);
    }
}
