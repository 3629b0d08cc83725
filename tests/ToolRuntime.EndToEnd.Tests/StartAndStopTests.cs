using System.Net;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>How the server begins and ends.</summary>
public sealed class StartAndStopTests
{
    [Fact]
    public async Task Stop_WithWorkThatDoesNotEndInTime_SaysSoLeavesNothingAndGoesOnAfterRestart()
    {
        await using var server = await TestServer.StartAsync("--ToolRuntime:Runners:GraceSeconds", "1");
        var processes = new MarkedProcesses();
        var record = new SessionRecord("stopped");
        string reply;
        await using (var client = await server.ConnectAsync())
        {
            await client.OpenAsync(record);
            var ack = await client.SendAsync(Command.SendMessage(
                "stopped",
                ToolUse.Shell(processes, "(setsid sleep 1000 &); echo up; [ -e seen ] || { touch seen; sleep 1000; }", idempotent: true).Directive,
                ToolUse.Shell(processes, "trap '' TERM; echo up; while :; do sleep 0.1; done").Directive,
                "/computer {}"));
            reply = ack.GetProperty("replyId").GetString()!;
            await record.UntilAsync(() => record.Ledger.Executing.Count(id => record.OutputOf(id).Length > 0) == 2, "both commands print");

            var code = await server.Process.StopAsync();

            Assert.Equal(0, code);
            Assert.True((await client.Closing).TryGetProperty("reconnectAfterMs", out _));
            Assert.Equal(4000, await client.Closed);
        }

        await processes.NoneLeftAsync();
        var stoppedAt = DateTimeOffset.UtcNow;
        await server.RestartAsync();
        await using var again = await server.ConnectAsync();
        await again.OpenAsync(record);
        var states = await record.ReplyEndedAsync(reply);

        Assert.Equal("completed", states[^1]);
        CrashCheck.Verify(record, [stoppedAt]);
        Assert.Contains(record.Events, e => e.Type == "tool.started" && e.Attempt == 2);
        Assert.Contains(record.Events, e => e.Type == "tool.failed" && e.ErrorCode == "runner_lost");
        await processes.NoneLeftAsync();
    }

    [Fact]
    public async Task Start_TwoSideBySide_ListenOnLoopbackOnlyAndWork()
    {
        await using var one = await TestServer.StartAsync();
        await using var other = await TestServer.StartAsync();

        foreach (var server in (TestServer[])[one, other])
        {
            var ports = OpenPorts.Of(server.Process.Id);
            Assert.Contains(ports, port => port.Port == server.Address.Port);
            Assert.All(ports, port => Assert.True(IPAddress.IsLoopback(port.Address), $"{port} is open to others."));
            Assert.InRange(ports.Count, 1, 2); // Kestrel's, and the silo's own, which nobody uses: it has no gateway
            await using var client = await server.ConnectAsync();
            var record = await client.OpenAsync("alone");
            await client.SendAsync(Command.SendMessage("alone", "/computer {}"));
            await record.IdleAsync(1);
        }
    }

    [Fact]
    public async Task Start_FolderInUse_FailsAndNamesIt()
    {
        await using var server = await TestServer.StartAsync();

        await using var second = GatewayProcess.Launch("--urls", "http://127.0.0.1:0", "--ToolRuntime:Data:Path", server.DataPath);
        var code = await second.Exited;
        await Assert.ThrowsAsync<InvalidOperationException>(() => second.Listening);

        Assert.NotEqual(0, code);
        Assert.Contains(server.DataPath, second.Output, StringComparison.Ordinal);
        Assert.Contains("in use by another process", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("unharmed");
        await client.SendAsync(Command.SendMessage("unharmed", "/computer {}"));
        await record.IdleAsync(1);
    }

    [Fact]
    public async Task Start_PortInUse_FailsInALineThatNamesTheAddress()
    {
        await using var server = await TestServer.StartAsync();

        var output = await RefusedAsync("--urls", server.Address.GetLeftPart(UriPartial.Authority));

        Assert.Contains("address already in use", output, StringComparison.Ordinal);
        Assert.Contains("--urls", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SettingOutOfItsRange_FailsInALineThatNamesTheSetting() =>
        Assert.Contains("MaxParallel", await RefusedAsync("--urls", "http://127.0.0.1:0", "--ToolRuntime:Batches:MaxParallel", "0"), StringComparison.Ordinal);

    [Theory]
    [InlineData("ToolRuntime:Batches:MaxWait", "soon")]
    [InlineData("ToolRuntime:Runners:MaxProcesses", "lots")]
    [InlineData("ToolRuntime:Tools:shell:CacheSeconds", "x")]
    [InlineData("PARALLEL_TOOL_EXECUTION", "maybe")]
    [InlineData("ToolRuntime:Models:OpenAI:BaseUrl", "localhost", "base address of openai")]
    [InlineData("OPENAI_BASE_URL", "localhost", "base address of openai")]
    [InlineData("ToolRuntime:Models:Gemini:ApiKey", "abc\n", "key of gemini")]
    [InlineData("ToolRuntime:Access:AllowedOrigins:0", "example", "AllowedOrigins")]
    public async Task Start_SettingThatIsNone_FailsInALineThatNamesIt(string setting, string value, string? named = null)
    {
        var output = await RefusedAsync("--urls", "http://127.0.0.1:0", $"--{setting}", value);

        Assert.Contains(named ?? setting, output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task Start_AddressThatIsNone_FailsInALineThatNamesIt() => Assert.Contains("'nonsense'", await RefusedAsync("--urls", "nonsense"), StringComparison.Ordinal);

    [Fact]
    public async Task Start_FileOfGrainsDamaged_FailsInALineThatNamesIt() =>
        Assert.Contains("grains.db' can't be opened", await RefusedAsync(data => File.WriteAllText(Path.Combine(data, "grains.db"), new('?', 10_000)), "--urls", "http://127.0.0.1:0"), StringComparison.Ordinal);

    [Fact]
    public async Task Start_DefaultModelThatThereIsNot_FailsInALineThatNamesIt()
    {
        var output = await RefusedAsync("--urls", "http://127.0.0.1:0", "--ToolRuntime:Models:Default", "opanai");

        Assert.Contains("ToolRuntime:Models:Default names the model 'opanai'", output, StringComparison.Ordinal);
        Assert.Contains("directive", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    public async Task Start_OpenToTheNetworkWithoutKeys_IsRefused(string url)
    {
        var folder = Directory.CreateTempSubdirectory("toolruntime-e2e-");
        await using var refused = GatewayProcess.Launch("--urls", url, "--ToolRuntime:Data:Path", Path.Combine(folder.FullName, "data"));
        var code = await refused.Exited;
        await Assert.ThrowsAsync<InvalidOperationException>(() => refused.Listening);

        Assert.NotEqual(0, code);
        Assert.Contains("not a loopback address", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("--Kestrel:Endpoints:Https:Url=https://127.0.0.1:0", "Kestrel:Endpoints:Https:Certificate:Path")]
    [InlineData("--urls=https://127.0.0.1:0", "Kestrel:Certificates:Default:KeyPath")]
    public async Task Start_CertificateIsNotThere_IsRefused(string listen, string setting)
    {
        var said = await RefusedAsync(listen, $"--{setting}", "/nowhere/cert.pem");

        Assert.Contains($"{setting}: there is no file '/nowhere/cert.pem'.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Help_PrintsIt() => await AssertSaysAsync(0, "--ToolRuntime:Batches:MaxWait 00:05:00", "--help");

    [Fact]
    public async Task Start_OptionThatThereIsNot_SaysWhichWasMeant() => await AssertSaysAsync(1, "Did you mean --ToolRuntime:Batches:MaxWait?", "--ToolRuntime:Batches:MaxWiat", "00:01:00");

    private static async Task AssertSaysAsync(int code, string said, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("toolruntime-e2e-");
        var data = Path.Combine(folder.FullName, "data");
        await using var process = GatewayProcess.Launch(["--urls", "http://127.0.0.1:0", "--ToolRuntime:Data:Path", data, .. arguments]);

        Assert.Equal(code, await process.Exited);
        await Assert.ThrowsAsync<InvalidOperationException>(() => process.Listening);
        Assert.Contains(said, process.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
        folder.Delete(recursive: true);
    }

    /// <summary>Starts with a data folder of its own, which must fail without a stack; gives what was printed.</summary>
    private static Task<string> RefusedAsync(params string[] arguments) => RefusedAsync(_ => { }, arguments);

    private static async Task<string> RefusedAsync(Action<string> prepare, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("toolruntime-e2e-");
        prepare(folder.CreateSubdirectory("data").FullName);
        await using var refused = GatewayProcess.Launch([.. arguments, "--ToolRuntime:Data:Path", Path.Combine(folder.FullName, "data")]);
        Assert.NotEqual(0, await refused.Exited);
        await Assert.ThrowsAsync<InvalidOperationException>(() => refused.Listening);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
        folder.Delete(recursive: true);
        return refused.Output;
    }
}
