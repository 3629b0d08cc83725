using System.Net;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Http;

public class MetricHistoryEndpointTests
{
    private static readonly Uri Address = new("/v1/metrics/history", UriKind.Relative);

    [Fact]
    public async Task Get_AfterCommands_HasThemAndWhatIsConnected()
    {
        await using var world = await World.StartAsync(("MetricHistory:StepSeconds", 1));
        await using var client = await WireClient.ConnectAsync(world);
        using var http = world.Http();
        await client.OpenAsync("s1");
        var live = 0;
        await WireAssert.EventuallyAsync(async () =>
        {
            await world.OutputAsync("s1");
            await client.NextAsync("events");
            live++;
            var series = (await ReadAsync(http, "?names=connections,commands,delivery.p99,model.p50")).Series;
            return series["connections"].Contains(1) && series["commands"].Any(rate => rate > 0) && series["delivery.p99"].Count > 0 && series["model.p50"].Count == 0;
        });

        Assert.NotEqual(0, live);
    }

    [Fact]
    public async Task Get_WithoutNames_HasEverySeriesAndItsProcess()
    {
        await using var world = await World.StartAsync();
        using var http = world.Http();

        var read = await ReadAsync(http, "?from=2026-01-02T03:00:00Z&to=2026-01-02T04:00:00Z&step=7");

        Assert.Equal(ToolRuntime.Metrics.MetricCatalog.All.Select(one => one.Name), read.Series.Keys);
        Assert.Equal(("2026-01-02T03:00:00Z", 10_000, 360, 1), (read.From, read.StepMs, read.Steps, read.Processes));
        Assert.All(read.Series.Values, Assert.Empty);
    }

    [Fact]
    public async Task Get_FromBeforeWhatIsKept_BeginsWhereThatDoes()
    {
        await using var world = await World.StartAsync();
        using var http = world.Http();

        var read = await ReadAsync(http, "?from=2025-12-01T00:00:00Z&to=2026-01-02T03:00:00Z&step=3600");

        Assert.Equal(("2026-01-01T03:00:00Z", 24), (read.From, read.Steps));
    }

    [Theory]
    [InlineData("?names=nonsense")]
    [InlineData("?from=yesterday")]
    [InlineData("?step=0")]
    [InlineData("?step=86401")]
    [InlineData("?from=2026-01-02T03:00:00Z&to=2026-01-02T02:00:00Z")]
    [InlineData("?from=2026-01-01T03:00:00Z&to=2026-01-02T03:00:00Z&step=10")]
    public async Task Get_WhatIsNoQuestionOrTooMuch_IsRefused(string query)
    {
        await using var world = await World.StartAsync();
        using var http = world.Http();

        using var answer = await http.GetAsync(new Uri(Address + query, UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("invalid_command", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<(string? From, int StepMs, int Steps, int Processes, Dictionary<string, List<double>> Series)> ReadAsync(HttpClient http, string query)
    {
        var read = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(new Uri(Address + query, UriKind.Relative)));
        var series = read.GetProperty("series").EnumerateArray().ToDictionary(
            one => one.GetProperty("name").GetString()!,
            one => one.GetProperty("runs").EnumerateArray().SelectMany(run => run.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())).ToList());
        return (read.GetProperty("from").GetString(), read.GetProperty("stepMs").GetInt32(), read.GetProperty("steps").GetInt32(), read.GetProperty("processes").GetArrayLength(), series);
    }
}
