using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Tests.Fakes;
using ToolRuntime.Gateway.Tests.Http;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Tests.Telemetry;

/// <summary>What log lines say besides their text: tenant, session and trace.</summary>
public sealed class LogScopeTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string TraceParent = $"00-{Trace}-00f067aa0ba902b7-01";

    [Fact]
    public async Task CommandThatFails_IsLoggedWithTenantSessionAndTrace()
    {
        await using var world = await World.StartAsync();
        world.Sessions.Execute = (_, _) => throw new InvalidOperationException("broken");
        await using var client = await WireClient.ConnectAsync(world);

        WireAssert.Error(await client.AskAsync("message.send", $"\"session\":\"s1\",\"text\":\"hi\",\"traceparent\":\"{TraceParent}\""), "internal");

        AssertAbout(Assert.Single(world.Lines.Of(3003)), "dev", "s1", Trace);
        Assert.Single(world.Errors.Take());
    }

    [Fact]
    public async Task ModelThatFails_IsLoggedWithTenantSessionAndTrace()
    {
        await using var world = await RealWorld.StartAsync(null, null, ("/OPENAI_API_KEY", "none"), ("/OPENAI_BASE_URL", "http://127.0.0.1:1/v1"));
        using var http = world.Http();
        using var request = HttpCaller.Post("/v1/sessions/s1/messages", """{"text":"hi"}""");
        request.Headers.Add("traceparent", TraceParent);
        request.Headers.Accept.Add(new("text/event-stream"));
        using var response = await http.SendAsync(request);
        Assert.Contains("\"reason\":\"error\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal); // the reply has ended, nothing reports any more

        AssertAbout(world.Lines.Of(1201).First(), "dev", "s1", Trace);
    }

    [Theory]
    [InlineData("Json", ConsoleFormatterNames.Json, true)]
    [InlineData("Text", ConsoleFormatterNames.Simple, false)]
    [InlineData(null, ConsoleFormatterNames.Simple, false)]
    public void AddConciseConsole_Format_IsTheSettings(string? format, string expected, bool scopes)
    {
        var host = Host.CreateEmptyApplicationBuilder(null);
        if (format is not null) host.Configuration["ToolRuntime:Logs:Format"] = format;
        host.Logging.AddConciseConsole(host.Configuration);
        using var built = host.Build();

        Assert.Equal(expected, built.Services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName);
        Assert.Equal(scopes, built.Services.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue.IncludeScopes);
    }

    private static void AssertAbout(LoggedLine line, string tenant, string session, string trace) => Assert.Equal(
        (tenant, session, trace), (line.About.GetValueOrDefault("Tenant"), line.About.GetValueOrDefault("Session"), line.About.GetValueOrDefault("Trace")));
}
