using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Tests.Support;
using Seen = ToolRuntime.Tools.Tests.Support.Processes;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>npm's server-everything as a process of ours.</summary>
public sealed class EverythingServerTests : IAsyncLifetime
{
    private readonly string mark = $"every-{Guid.NewGuid():N}";
    private McpHost host = null!;

    public async Task InitializeAsync()
    {
        host = await McpHost.StartAsync([
            .. Server("every"), ("Servers:every:Environment:GIVEN", "top-secret"), ("Servers:every:Environment:MY_API_KEY", "12345678"), ("Servers:every:PassEnvironment:0", "HOME"),
            ("Servers:every:Tools:trigger-long-running-operation:Idempotent", "true")]);
        await host.HasAsync("every__trigger-long-running-operation");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public void List_Server_OffersItsToolsWithTheirSchemas()
    {
        var sum = host.Source.Tools.Single(tool => tool.Descriptor.Name == "every__get-sum").Descriptor;

        Assert.Equal("Returns the sum of two numbers", sum.Description);
        Assert.Equal(["a", "b"], sum.Parameters.ToElement().GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.All(host.Source.Tools, tool => Assert.DoesNotContain("\"default\"", tool.Descriptor.Parameters.Json, StringComparison.Ordinal));
        Assert.Equal(Idempotency.No, sum.Idempotency);
    }

    [Fact]
    public async Task Call_EchoAndSum_Answer()
    {
        Assert.Equal("Echo: héllo", (await host.RunAsync("every__echo", """{"message":"h\u00e9llo"}""")).Result.ToElement().GetProperty("text").GetString());
        Assert.Equal("The sum of 2 and 3.5 is 5.5.", (await host.RunAsync("every__get-sum", """{"a":2,"b":3.5}""")).Summary);
        Assert.Equal("Echo: hélloThe sum of 2 and 3.5 is 5.5.", host.Context.Text(OutputStream.Result));
    }

    [Fact]
    public async Task Call_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.RunAsync("every__get-sum", $$"""{"a":{{i}},"b":1}""")));

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"The sum of {i} and 1 is {i + 1}."), results.Select(result => result.Summary));
    }

    [Fact]
    public async Task Call_StructuredContentImageAndLinks_AreKept()
    {
        var weather = (await host.RunAsync("every__get-structured-content", """{"location":"Chicago"}""")).Result.ToElement();
        var image = (await host.RunAsync("every__get-tiny-image")).Result.ToElement().GetProperty("content")[0];
        var links = (await host.RunAsync("every__get-resource-links", """{"count":3}""")).Result.ToElement().GetProperty("content");

        Assert.Equal(JsonValueKind.Number, weather.GetProperty("temperature").ValueKind);
        var file = await File.ReadAllBytesAsync(host.Folder.PathOf(image.GetProperty("file").GetString()!));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], file[..4]);
        Assert.Equal(3, links.EnumerateArray().Count(link => link.GetProperty("type").ValueEquals("resource_link")));
    }

    [Fact]
    public async Task Call_LongOperation_ReportsMeasuredProgress()
    {
        var result = await host.RunAsync("every__trigger-long-running-operation", """{"duration":0.4,"steps":4}""");

        Assert.Null(result.Error);
        Assert.Equal([25, 50, 75, 100], host.Context.Progress.Select(step => step.Percent));
        Assert.Equal("""{"progress":4,"total":4}""", host.Context.Progress[^1].Details!.Value.Json);
    }

    [Fact]
    public async Task Cancel_LongOperation_EndsAtOnceAndTheServerGoesOn()
    {
        using var cancel = new CancellationTokenSource();
        var running = host.RunAsync("every__trigger-long-running-operation", """{"duration":3600,"steps":36000}""", cancel.Token);
        await Wait.UntilAsync(() => host.Context.Progress.Count > 0, "under way");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("Echo: on", (await host.RunAsync("every__echo", """{"message":"on"}""")).Summary);
        Assert.Single(Node(mark));
    }

    [Fact]
    public async Task Call_ArgumentsThatTheServerRefuses_FailWithItsText()
    {
        var error = (await host.RunAsync("every__get-sum", """{"a":"x"}""")).Error!;

        Assert.Contains(error.Code, (string[])["tool_error", "invalid_arguments"]);
        Assert.Contains("expected number", error.Message, StringComparison.Ordinal);
        Assert.False(error.Retryable);
    }

    [Fact]
    public async Task Environment_ServerIsAsked_HasNothingThatIsNotNamed()
    {
        var text = (await host.RunAsync("every__get-env")).Result.ToElement().GetProperty("text").GetString()!;
        var variables = JsonDocument.Parse(text).RootElement.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString());

        // The marks by which it is found when we die, and what the shell in between sets.
        Assert.Equal(["GIVEN", "HOME", "MY_API_KEY", "PWD", "TOOLRUNTIME_EXECUTION", "TOOLRUNTIME_SILO"], variables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Environment.GetEnvironmentVariable("HOME"), variables["HOME"]);
        Assert.Equal(["12345678"], host.Secrets);
    }

    [Fact]
    public async Task Kill_InTheMiddleOfCalls_FailsThemAndTheServerComesBack()
    {
        var again = host.RunAsync("every__trigger-long-running-operation", """{"duration":3600,"steps":36000}""");
        await Wait.UntilAsync(() => host.Context.Progress.Count > 0, "under way");
        var first = Node(mark).Single();

        Libc.Kill(first, Signal.Kill);

        var error = (await again).Error!;
        Assert.Equal((ToolErrorCodes.TransportFailed, true), (error.Code, error.Retryable));
        await Wait.UntilAsync(() => Node(mark).Any(pid => pid != first), "started again");
        await host.HasAsync("every__echo");
        Assert.Equal("Echo: back", (await host.RunAsync("every__echo", """{"message":"back"}""")).Summary);
    }

    [Fact]
    public async Task Stderr_OfTheServer_IsInOurLog()
    {
        await Wait.UntilAsync(() => host.Log.Any(line => line.Contains("every says: Starting default (STDIO) server", StringComparison.Ordinal)), "logged");

        Assert.DoesNotContain(host.Log, line => line.Contains("top-secret", StringComparison.Ordinal) || line.Contains("12345678", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_Host_LeavesNoProcess()
    {
        Assert.Single(Node(mark));

        await host.StopAsync();

        Assert.Empty(Node(mark));
        Assert.NotNull(host.Source.WhyUnavailable("every__echo"));
    }

    private (string Key, string Value)[] Server(string name) =>
        [($"Servers:{name}:Command", "node"), ($"Servers:{name}:Arguments:0", NpmServer.Everything), ($"Servers:{name}:Arguments:1", "stdio"), ($"Servers:{name}:Arguments:2", mark)];

    private static IReadOnlyList<int> Node(string mark) => [.. Seen.With(mark).Where(Seen.IsAlive)];
}
