using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolRuntime.EndToEnd.Tests.Support;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Cluster.Tests;

/// <summary>What a silo tells of itself: probes and metrics.</summary>
public sealed partial class ProbeTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-probes-");
    private RedisServer redis = null!;

    public async Task InitializeAsync() => redis = await RedisServer.StartOwnAsync();

    public async Task DisposeAsync()
    {
        await redis.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Silo_Draining_IsNotReadyWhileItsWorkGoesOnAndTellsSoToItsEnd()
    {
        await using var silo = Silo("--ToolRuntime:Runners:GraceSeconds", "50");
        await using var gateway = GatewayProcess.Launch("--urls", "http://127.0.0.1:0", "--redis", redis.Address, "--ToolRuntime:Data:Path", folder.FullName);
        await Task.WhenAll(silo.Listening, gateway.Listening);
        using var probes = Probes(silo);
        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(probes));
        Assert.Equal(0, await MetricAsync(probes, "toolruntime_silo_sessions{}"));

        await using var client = await ProtocolClient.ConnectAsync(await gateway.Listening);
        var (processes, go) = (new MarkedProcesses(), Path.Combine(folder.FullName, "go"));
        var record = await client.OpenAsync("probed");
        await client.SendAsync(Command.RunTools("probed", ToolUse.Shell(processes, $"echo up; until [ -e {go} ]; do sleep 0.1; done; echo done")));
        await record.FirstAsync(e => e.Type == "tool.output", "the command prints");
        Assert.Equal(1, await MetricAsync(probes, "toolruntime_silo_sessions{}"));
        Assert.Equal(1, await MetricAsync(probes, "toolruntime_tool_running{tool=\"shell\"}"));

        silo.Terminate();
        while ((await ReadyAsync(probes)).Code == HttpStatusCode.OK) Assert.False(silo.Exited.IsCompleted);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping"), await ReadyAsync(probes));
        Assert.Equal(HttpStatusCode.OK, (await probes.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode);
        Assert.Equal(1, await MetricAsync(probes, "toolruntime_tool_running{tool=\"shell\"}"));

        await File.WriteAllTextAsync(go, "");
        Assert.Equal(0, await silo.Exited);
        await record.FirstAsync(e => e.Type == "tool.completed", "the command ended well");
    }

    [Fact]
    public async Task Silo_RedisGone_LivesAndIsNotReadyForAReason()
    {
        await using var silo = Silo();
        await silo.Listening;
        using var probes = Probes(silo);
        Assert.Equal((HttpStatusCode.OK, "ready"), await ReadyAsync(probes));

        await redis.KillAsync();

        while ((await ReadyAsync(probes)).Code == HttpStatusCode.OK) Assert.False(silo.Exited.IsCompleted);
        Assert.Equal("unavailable", (await ReadyAsync(probes)).Status);
        Assert.Equal(HttpStatusCode.OK, (await probes.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode);
        await redis.StartAgainAsync();
        while ((await ReadyAsync(probes)).Code != HttpStatusCode.OK) Assert.False(silo.Exited.IsCompleted);
    }

    [Fact]
    public async Task Silo_StoppedWhileItStarts_EndsWithoutAFault()
    {
        await using var silo = Silo();
        await Limits.UntilAsync(() => Banner().IsMatch(silo.Output), () => "it serves probes"); // the first thing that it does

        Assert.Equal(0, await silo.StopAsync());

        Assert.DoesNotContain("Unhandled exception", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_StoppedWhileItWaitsForASilo_EndsWithoutAFault()
    {
        await using var gateway = GatewayProcess.Launch("--urls", "http://127.0.0.1:0", "--redis", redis.Address, "--ToolRuntime:Data:Path", folder.FullName);
        await Limits.UntilAsync(() => gateway.Output.Contains("waiting for one", StringComparison.Ordinal), () => "it waits");

        Assert.Equal(0, await gateway.StopAsync());

        Assert.DoesNotContain("Unhandled exception", gateway.Output, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => gateway.Listening);
    }

    [Theory]
    [InlineData("no address for probes", "--urls", "https://127.0.0.1:8443")]
    [InlineData("no address for probes", "--urls", "here")]
    [InlineData("this is no pod", "--ToolRuntime:Cluster:Kubernetes", "true")]
    [InlineData("Address 'no-such-name.invalid' is no IP address, and no name of this machine", "--ToolRuntime:Cluster:Address", "no-such-name.invalid")]
    public async Task Silo_WrongSetting_FailsInALineThatNamesIt(string said, params string[] settings)
    {
        await using var silo = GatewayProcess.LaunchProgram("ToolRuntime.Silo", ["--redis", redis.Address, "--ToolRuntime:Data:Path", folder.FullName, .. settings]);

        Assert.NotEqual(0, await silo.Exited);
        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Listening);
        Assert.Contains(said, silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_AddressByName_ListensThere()
    {
        await using var silo = Silo("--ToolRuntime:Cluster:Address", "localhost");

        Assert.Equal("127.0.0.1", (await silo.Listening).Host);
    }

    private GatewayProcess Silo(params string[] settings) => GatewayProcess.LaunchProgram(
        "ToolRuntime.Silo", ["--redis", redis.Address, "--ToolRuntime:Data:Path", folder.FullName, "--urls", "http://127.0.0.1:0", .. settings]);

    private static HttpClient Probes(GatewayProcess silo) => new() { BaseAddress = new(Banner().Match(silo.Output).Groups[1].Value), Timeout = Limits.Timeout };

    private static async Task<(HttpStatusCode Code, string? Status)> ReadyAsync(HttpClient probes)
    {
        using var answer = await probes.GetAsync(new Uri("/readyz", UriKind.Relative));
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("status").GetString());
    }

    private static async Task<double> MetricAsync(HttpClient probes, string series)
    {
        var lines = (await probes.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n');
        return double.Parse(Assert.Single(lines, line => line.StartsWith($"{series} ", StringComparison.Ordinal))[series.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("Probes and metrics on (\\S+)")]
    private static partial Regex Banner();
}
