using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>Named processes over <c>kill -9</c> of the server.</summary>
public sealed class NamedProcessTests : IAsyncLifetime
{
    private const string Session = "named";

    private readonly MarkedProcesses processes = new();
    private TestServer server = null!;

    private string Workspace => Directory.EnumerateFiles(server.DataPath, "starts-web", SearchOption.AllDirectories).Select(path => Path.GetDirectoryName(path)!).Single();

    public async Task InitializeAsync() => server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Kill_OfTheServer_WhatIsWantedComesBackOnceAndWhatIsNotStaysAway()
    {
        await using (var client = await server.ConnectAsync())
        {
            await client.OpenAsync(Session);
            await client.SendAsync(Put("web", "always"));
            await client.SendAsync(Put("off", "always"));
            await client.SendAsync(Put("once", "never"));
            foreach (var name in (string[])["web", "off", "once"]) await ReadyAsync(name);
            await client.SendAsync(Of("process.stop", "off"));
            await UntilAsync("off", process => State(process) == "stopped");
        }

        var runs = new List<string> { Run(await ReadyAsync("web")) };
        for (var round = 0; round < 3; round++)
        {
            await server.Process.KillAsync();
            await server.RestartAsync();
            runs.Add(Run(await UntilAsync("web", process => State(process) == "ready" && Run(process) != runs[^1])));
        }

        Assert.Equal(4, runs.Distinct().Count());
        await UntilAsync("once", process => State(process) == "failed");
        var all = await ListAsync();
        Assert.Equal(["off:stopped:stopped", "once:failed:stopped", "web:ready:running"], all.Select(process => $"{Name(process)}:{State(process)}:{process.GetProperty("desired").GetString()}").Order(StringComparer.Ordinal));
        Assert.Equal("runner_lost", all.Single(process => Name(process) == "once").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal((4, 1, 1), (Starts("web"), Starts("off"), Starts("once")));
        Assert.False(File.Exists(Path.Combine(Workspace, "twice")), "Two of one name ran at a time.");
        Assert.Single(processes.Find(), process => process.CommandLine.StartsWith("sleep", StringComparison.Ordinal));

        await using var after = await server.ConnectAsync();
        await after.OpenAsync(Session);
        await after.SendAsync(Of("process.stop", "web"));
        await processes.NoneLeftAsync();
    }

    /// <summary>Whoever holds the lock runs; the kernel lets go of it with the last of its processes.</summary>
    private JsonObject Put(string name, string policy)
    {
        var command = Of("process.put", name);
        command["start"] = true;
        command["process"] = new JsonObject
        {
            ["command"] = $"exec 9>lock-{name}; flock -n 9 || echo {name} >>twice; echo up >>starts-{name}; echo up; exec sleep 1000",
            ["environment"] = new JsonObject { [MarkedProcesses.Variable] = processes.Mark },
            ["restart"] = new JsonObject { ["policy"] = policy, ["backoffMs"] = 10 },
            ["ready"] = new JsonObject { ["pattern"] = "^up$" },
        };
        return command;
    }

    private static JsonObject Of(string type, string name)
    {
        var command = Command.Of(type, Session);
        command["name"] = name;
        return command;
    }

    private static string? Name(JsonElement process) => process.GetProperty("name").GetString();

    private static string? State(JsonElement process) => process.GetProperty("state").GetString();

    private static string Run(JsonElement process) => process.GetProperty("run").GetString()!;

    private int Starts(string name) => File.ReadAllLines(Path.Combine(Workspace, $"starts-{name}")).Length;

    private Task<JsonElement> ReadyAsync(string name) => UntilAsync(name, process => State(process) == "ready");

    private async Task<JsonElement[]> ListAsync() => [.. (await server.GetJsonAsync($"/v1/sessions/{Session}/named-processes")).GetProperty("processes").EnumerateArray()];

    private async Task<JsonElement> UntilAsync(string name, Func<JsonElement, bool> holds)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        while (true)
        {
            var process = (await ListAsync()).Single(process => Name(process) == name);
            if (holds(process)) return process;
            Assert.False(limit.IsCancellationRequested, process.ToString());
        }
    }
}
