using System.Globalization;
using System.Text.Json;

namespace ToolRuntime.Load.Client;

/// <summary>Calls of <c>tools.run</c>, as JSON.</summary>
internal static class Calls
{
    public const string Computer = """{"tool":"computer","arguments":{}}""";

    public static string Computers(int count) => string.Join(',', Enumerable.Repeat(Computer, count));

    public static string Shell(string command, int timeoutMs = 60_000) =>
        $$"""{"tool":"shell","timeoutMs":{{timeoutMs}},"arguments":{"timeoutMs":{{timeoutMs}},"command":"{{JsonEncodedText.Encode(command)}}"} }""";

    public static string Search(string query) => $$"""{"tool":"web_search","arguments":{"query":"{{JsonEncodedText.Encode(query)}}"} }""";

    /// <summary>A program in Python.</summary>
    public static string Code(string source) => $$"""{"tool":"code","arguments":{"source":"{{JsonEncodedText.Encode(source)}}"} }""";

    public static string Scrape(string url) => $$"""{"tool":"web_scrape","arguments":{"url":"{{url}}"} }""";

    public static string Publish(string path) => $$"""{"tool":"file_publish","arguments":{"path":"{{path}}"} }""";

    public static string WriteFile(string path, string content) =>
        $$"""{"tool":"file_write","arguments":{"path":"{{path}}","content":"{{JsonEncodedText.Encode(content)}}"} }""";

    /// <summary>A process that prints its clock (seconds with six decimals) so many times, without starting a process for it.</summary>
    public static string Clock(int times, int everyMs, int timeoutMs = 60_000) => Shell(
        string.Create(
            CultureInfo.InvariantCulture,
            $"exec {{quiet}}<> <(:); for ((i = 0; i < {times}; i++)); do read -rt {everyMs / 1000.0:0.000} -u $quiet; printf '%s\\n' $EPOCHREALTIME; done"),
        timeoutMs);
}
