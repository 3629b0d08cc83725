using System.Text;
using Microsoft.Extensions.Logging;
using ToolRuntime.Tools.Mcp;

namespace ToolRuntime.Tools.Tests.Mcp;

public sealed class StderrLogTests : ILogger, IRedactor
{
    private readonly List<(LogLevel Level, string Text)> lines = [];

    [Fact]
    public async Task Pump_Lines_AreLoggedWithoutSecretsAndControlCharacters()
    {
        await PumpAsync("first\r\n\n\u001b[31mred\u0007 secret\nlast without end");

        Assert.Equal(["MCP server s says: first", "MCP server s says:  [31mred  [redacted]", "MCP server s says: last without end"], lines.Select(line => line.Text));
    }

    [Fact]
    public async Task Pump_LongLine_IsCut()
    {
        await PumpAsync(new string('x', 100_000) + "\nshort\n");

        Assert.Equal(2_000, lines[0].Text.Count(c => c == 'x'));
        Assert.EndsWith("short", lines[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pump_Flood_IsBoundedAndCounted()
    {
        await PumpAsync(string.Concat(Enumerable.Repeat("again\n", 10_000)));

        Assert.Equal(51, lines.Count);
        Assert.Equal((LogLevel.Warning, "9950 lines that MCP server s printed were left out."), lines[^1]);
    }

    string IRedactor.Redact(string text) => text.Replace("secret", "[redacted]", StringComparison.Ordinal);

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Add((logLevel, formatter(state, exception)));

    private async Task PumpAsync(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await new StderrLog("s", this, TimeProvider.System, this).PumpAsync(stream);
    }
}
