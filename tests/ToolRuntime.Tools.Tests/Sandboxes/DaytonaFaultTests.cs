using Microsoft.AspNetCore.Http;
using ToolRuntime.Tools.Tests.Providers;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Sandboxes;

public sealed class DaytonaFaultTests
{
    private static readonly IReadOnlyList<BadDay> Days = BadDay.Of(words => $$"""{"statusCode":1,"message":{{System.Text.Json.JsonSerializer.Serialize(words)}}}""", """{"id":"x","state":"sta""");

    public static TheoryData<string, string> BadDays
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var day in Days) foreach (var at in (string[])["/api/sandbox/", "/process/execute"]) all.Add(day.Name, at);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(BadDays))]
    public async Task AnyTool_OnABadDay_TellsWhatAndNeverTheKey(string name, string at)
    {
        var day = Days.Single(day => day.Name == name);
        await using var host = await SandboxHost.StartAsync(("Sandbox:Daytona:MaxAnswerBytes", $"{BadDay.MaxBytes}"), ("Sandbox:Daytona:Timeout", day.Timeout));
        host.Server.Instead = context => OnAsync(context, at, day);

        var results = new[] { await host.ShellAsync("echo x"), await host.RunAsync("file_list", new { }) };

        Assert.All(results, result => Assert.Equal(new("provider_error", "Daytona" + day.Told, day.Retryable, day.RetryAfterMs), result.Error));
        Assert.DoesNotContain(BadDay.Key, results[0].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyTool_WithoutAKey_SaysThatThereIsNone()
    {
        using var host = new ToolHost(("Sandbox:Kind", "Daytona"));

        Assert.Equal("provider_not_configured", (await host.ShellAsync("echo x")).Error?.Code);
        Assert.Equal("provider_not_configured", (await host.RunAsync("file_read", """{"path":"a"}""")).Error?.Code);
    }

    [Fact]
    public async Task AnyTool_AfterManyFailures_AsksNoMoreForAWhile()
    {
        await using var host = await SandboxHost.StartAsync();
        host.Server.Instead = async context =>
        {
            await DaytonaServer.SendAsync(context, "", 500);
            return true;
        };
        for (var i = 0; i < 5; i++) await host.RunAsync("file_list", new { });

        var result = await host.RunAsync("file_list", new { });

        Assert.Equal(new("provider_error", "Daytona failed often in a row; it is asked again in a while.", true), result.Error);
        Assert.Equal(5, host.Server.Requests.Count);
    }

    [Fact]
    public async Task Shell_LogThatBreaksOffAgainAndAgain_DeliversEachByteOnce()
    {
        await using var host = await SandboxHost.StartAsync();
        host.Server.Piece = 61;
        host.Server.Cut = connection => connection < 9 ? ((connection * 1_733) + 20, connection % 3 == 0) : null;

        var result = await host.ShellAsync("for i in $(seq 3000); do echo line $i; done; printf end");

        Assert.Null(result.Error);
        Assert.Equal(string.Concat(Enumerable.Range(1, 3000).Select(i => $"line {i}\n")) + "end", host.Context.Text());
        Assert.Equal(10, host.Server.Logs);
    }

    [Fact]
    public async Task Shell_LogClosedBeforeTheEnd_IsFollowedOn()
    {
        await using var host = await SandboxHost.StartAsync();
        host.Server.Cut = connection => connection == 0 ? (9, true) : null;
        var go = Path.Combine(host.Tools.Folder.Outside, "go");

        var running = host.ShellAsync($"echo first; while [ ! -e {go} ]; do sleep 0.05; done; echo second; exit 5");
        await Wait.UntilAsync(() => host.Server.Logs > 1, "it is followed again");
        await File.WriteAllTextAsync(go, "");

        Assert.Equal("The command ended with exit code 5.", (await running).Error?.Message);
        Assert.Equal("first\nsecond\n", host.Context.Text());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shell_EndsWithoutItsExitCode_IsLostAndNoCodeIsInvented(bool idempotent)
    {
        await using var host = await SandboxHost.StartAsync();

        var result = await host.RunAsync("shell", new { command = "echo before; kill -9 $PPID", idempotent });

        Assert.Equal(new("runner_lost", "The sandbox lost the command: it ended without telling its exit code.", idempotent), result.Error);
        Assert.Equal("before\n", host.Context.Text());
    }

    [Fact]
    public async Task Shell_LogThatCanNeverBeFollowed_IsLostAndEnded()
    {
        await using var host = await SandboxHost.StartAsync(("Sandbox:Daytona:ReconnectFor", "00:00:00.3"));
        host.Server.Cut = _ => (0, false);
        var mark = $"sleep 95{Random.Shared.Next(100_000, 999_999)}";

        var result = await host.ShellAsync(mark);

        Assert.Equal(("runner_lost", "The sandbox lost the command: its log can't be followed."), (result.Error?.Code, result.Error?.Message));
        await Wait.UntilAsync(() => Support.Processes.With(mark) is [], "nothing of it runs");
    }

    [Fact]
    public async Task Shell_SandboxGoneInTheMiddle_IsLostAndTheNextCallGetsAnother()
    {
        await using var host = await SandboxHost.StartAsync();
        var running = host.ShellAsync("echo up; sleep 94");
        await host.Context.OutputHasAsync("up");

        var gone = host.Server.Sandbox;
        host.Server.Sandboxes.Clear();
        gone.Dispose();

        Assert.Equal("runner_lost", (await running).Error?.Code);
        Assert.Null((await host.ShellAsync("echo again")).Error);
        Assert.Equal(2, host.Server.Created.Count);
    }

    [Fact]
    public async Task Shell_AnswerOfTheStartLost_RunsOnce()
    {
        await using var host = await SandboxHost.StartAsync();
        var asked = 0;
        host.Server.Instead = context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/exec", StringComparison.Ordinal) || ++asked < 2) return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };

        var result = await host.ShellAsync("echo ran >> times; cat times");

        Assert.Null(result.Error);
        Assert.Equal("ran\n", host.Context.Text());
    }

    [Fact]
    public async Task Shell_StartThatNeverArrived_MayBeTriedAgain()
    {
        await using var host = await SandboxHost.StartAsync();
        host.Server.Instead = context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/exec", StringComparison.Ordinal)) return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };

        var result = await host.ShellAsync("echo ran");

        Assert.Equal(("provider_error", true), (result.Error?.Code, result.Error?.Retryable));
        Assert.Empty(host.Server.Sandbox.Sessions);
    }

    [Fact]
    public async Task Shell_HugeLine_ArrivesWhole()
    {
        await using var host = await SandboxHost.StartAsync();
        host.Server.Piece = 100_000;

        Assert.Null((await host.ShellAsync("head -c 3000000 /dev/zero | tr '\\0' x")).Error);
        Assert.Equal(3_000_000, host.Context.Bytes().Length);
    }

    [Fact]
    public async Task AnyTool_SandboxInError_TellsWhy()
    {
        await using var host = await SandboxHost.StartAsync();
        await host.ShellAsync("true");
        host.Server.Sandbox.State = "error";

        Assert.Equal(new("provider_error", "The session's sandbox of Daytona is in error: no room"), (await host.RunAsync("file_list", new { })).Error);
    }

    private static async Task<bool> OnAsync(HttpContext context, string at, BadDay day)
    {
        if (!context.Request.Path.Value!.Contains(at, StringComparison.Ordinal)) return false;
        await day.AnswerAsync(context);
        return true;
    }
}
