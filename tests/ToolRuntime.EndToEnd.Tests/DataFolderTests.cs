using System.Text.Json;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>What an earlier version has left is read and gone on with.</summary>
public sealed class DataFolderTests
{
    [Fact]
    public async Task Start_FolderOfTheLastVersion_KeepsItsSessionsAndEndsItsOpenWork()
    {
        await using var server = new TestServer();
        Directory.CreateDirectory(server.DataPath);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "data-folder"))) File.Copy(file, Path.Combine(server.DataPath, Path.GetFileName(file)));
        await server.RestartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };

        // What ran when the process was killed is lost or tried again or, once its deadline is long over, timed out.
        JsonElement view;
        using var timeout = new CancellationTokenSource(Limits.Timeout);
        do view = await ViewAsync("old", timeout.Token);
        while (Executions(view).Any(e => e is { State: "executing", Attempt: 1 }));
        Assert.Equal(["hello"], view.GetProperty("messages").EnumerateArray().Where(m => m.GetProperty("role").GetString() == "user").Select(m => m.GetProperty("text").GetString()));
        Assert.Equal("completed", Assert.Single(Executions(view), e => e.Name == "computer").State);
        Assert.Equal(4, Executions(view).Count(e => e.Name == "shell"));
        Assert.Equal("green", (await ViewAsync("reset", timeout.Token)).GetProperty("parameters").GetProperty("colour").GetString());

        await using var client = await server.ConnectAsync();
        var record = await client.OpenAsync("old");
        await client.SendAsync(Command.SendMessage("old", "/computer {}"));
        await record.IdleAsync(1);
        Assert.NotNull(record.Proof); // what was there before has none

        async Task<JsonElement> ViewAsync(string session, CancellationToken cancellationToken)
        {
            using var document = JsonDocument.Parse(await http.GetStringAsync($"/v1/sessions/{session}", cancellationToken));
            return document.RootElement.GetProperty("view").Clone();
        }
    }

    private static IEnumerable<(string Name, string State, int Attempt)> Executions(JsonElement view) => view.GetProperty("executions").EnumerateObject().Select(e => (
        e.Value.GetProperty("name").GetString()!, e.Value.GetProperty("state").GetString()!, e.Value.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 0));
}
