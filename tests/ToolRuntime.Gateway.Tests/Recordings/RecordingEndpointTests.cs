using System.Net;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Recordings;

public class RecordingEndpointTests
{
    private const string Session = "/v1/sessions/s1/recording";
    private const string Execution = "/v1/sessions/s1/executions/x1/recording";

    private static readonly (string, string?, string) Plan = ("batch.started", "b1", "\"batchId\":\"b1\",\"tools\":[{\"executionId\":\"x1\",\"name\":\"shell\",\"arguments\":{}}]");
    private static readonly (string, string?, string) End = ("tool.completed", "x1", "\"executionId\":\"x1\",\"result\":{\"exitCode\":0}");

    [Fact]
    public async Task Get_Execution_IsItsPlanItsEventsAndNoneOfOthers()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", ("session.configured", null, "\"parameters\":{}"), Plan, Output("x2", 0, "other"), Output("x1", 0, "mine"), End, Output("x2", 5, "more"));

        Assert.Equal(["batch.started", "tool.output", "tool.completed"], await TypesAsync(world, Execution));
        Assert.Equal(6, (await TypesAsync(world, Session)).Length);
    }

    [Fact]
    public async Task Get_LongLog_IsReadInPagesAndWhole()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", [Plan, .. Enumerable.Range(0, 10_000).Select(i => Output("x1", i, "y")), End]);

        using var http = world.Http();
        var text = await http.GetStringAsync($"{Execution}?format=text");

        Assert.Equal(10_000, text.Count(character => character == 'y'));
        Assert.InRange(world.Log.PageReads, 2, 20);
    }

    [Fact]
    public async Task Get_Moment_HasTheEventsUpToItWithoutOutputThatNobodySees()
    {
        await using var world = await World.StartAsync();
        var chunk = new string('y', 10_000);
        await world.PublishAsync("s1", [
            Plan, ("tool.started", "x1", "\"executionId\":\"x1\",\"attempt\":1"), Output("x1", 0, "early"), ("tool.started", "x1", "\"executionId\":\"x1\",\"attempt\":2"),
            Output("x2", 0, "other"), .. Enumerable.Range(0, 20).Select(i => Output("x1", i * 10_000, chunk)), Output("x1", 200_000, "later"), End,
        ]);

        using var http = world.Http();
        var lines = (await http.GetStringAsync($"{Session}?format=events&at=25")).TrimEnd('\n').Split('\n');

        long[] expected = [1, 2, 4, 5, 19, 20, 21, 22, 23, 24, 25];
        Assert.Equal(expected, lines[1..^1].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("seq").GetInt64()));
        Assert.Equal("{\"end\":{\"seq\":25}}", lines[^1]);
    }

    [Theory]
    [InlineData("format=events&at=0")]
    [InlineData("format=events&at=x")]
    [InlineData("format=text&at=3")]
    public async Task Get_MomentThatThereIsNot_IsRefused(string query)
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", Plan, End);

        using var http = world.Http();
        using var answer = await http.GetAsync($"{Session}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Get_Trimmed_SaysWhatIsMissing()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", Plan, Output("x1", 0, "ab\\n"), Output("x1", 3, "cd\\n"), End);
        world.Log.Trim(World.Key("s1"), 2);

        using var http = world.Http();
        var events = (await http.GetStringAsync($"{Execution}?format=events")).Split('\n');
        var text = await http.GetStringAsync($"{Session}?format=text");

        Assert.Equal("{\"missing\":{\"from\":1,\"to\":2}}", events[1]);
        Assert.Contains("[events 1 to 2 are not kept any more]\n[3 bytes are not kept]\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncd\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AllTrimmed_IsOneGap()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", Plan, End);
        world.Log.Trim(World.Key("s1"), 2);

        using var http = world.Http();
        var lines = (await http.GetStringAsync($"{Session}?format=events")).Split('\n');

        Assert.Equal(["{\"missing\":{\"from\":1,\"to\":2}}", "{\"end\":{\"seq\":2}}", ""], lines[1..]);
        Assert.Contains("events 1 to 2 are not kept any more", await http.GetStringAsync($"{Session}?format=cast"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/sessions/s1/executions/none/recording", HttpStatusCode.NotFound, "not_found")]
    [InlineData("/v1/sessions/none/recording", HttpStatusCode.NotFound, "not_found")]
    [InlineData("/v1/sessions/s1/recording?format=mp4", HttpStatusCode.BadRequest, "invalid_command")]
    public async Task Get_WhatThereIsNot_IsRefused(string path, HttpStatusCode status, string code)
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", Plan, End);

        var (answered, json) = await world.GetAsync(path);

        Assert.Equal((status, code), (answered, json.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Get_BeyondHowManyMayBeSent_IsRateLimited()
    {
        await using var world = await World.StartAsync(("Recordings:AtOnce", 1));
        // Too much for the socket's buffers: the first answer lasts until somebody reads it.
        await world.PublishAsync("s1", [Plan, .. Enumerable.Range(0, 64).Select(i => Output("x1", i * 1_000_000, new string('y', 1_000_000))), End]);
        using var http = world.Http();
        using (var first = await http.GetAsync(Execution, HttpCompletionOption.ResponseHeadersRead))
        {
            var (status, json) = await world.GetAsync(Execution);

            Assert.Equal((429, "rate_limited"), ((int)status, json.GetProperty("error").GetProperty("code").GetString()));
            Assert.Equal(1_000, json.GetProperty("error").GetProperty("retryAfterMs").GetInt32());
            await first.Content.ReadAsByteArrayAsync();
        }

        using var next = await http.GetAsync($"{Session}?format=events");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [InlineData("cast", "application/x-asciicast", "x1.cast")]
    [InlineData("text", "text/plain", "x1.txt")]
    [InlineData("events", "application/x-ndjson", null)]
    public async Task Get_Format_HasItsTypeAndName(string format, string type, string? name)
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", Plan, End);

        using var http = world.Http();
        using var response = await http.GetAsync($"{Execution}?format={format}");

        Assert.Equal((type, name), (response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    private static (string, string?, string) Output(string execution, int offset, string text) =>
        ("tool.output", execution, $"\"executionId\":\"{execution}\",\"stream\":\"stdout\",\"offset\":{offset},\"text\":\"{text}\"");

    private static async Task<string[]> TypesAsync(World world, string path)
    {
        using var http = world.Http();
        var lines = (await http.GetStringAsync($"{path}?format=events")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines[1..^1].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!)];
    }
}
