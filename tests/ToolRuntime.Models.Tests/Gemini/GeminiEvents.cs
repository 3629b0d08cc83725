using System.Text.Json;

namespace ToolRuntime.Models.Tests.Gemini;

/// <summary>Events of a <c>streamGenerateContent</c> stream.</summary>
internal static class GeminiEvents
{
    public static string Parts(string parts, string? finish = null) =>
        "data: " + $$$"""{"candidates":[{"content":{"parts":[{{{parts}}}],"role":"model"},{{{Finish(finish)}}}"index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2,"thoughtsTokenCount":30,"totalTokenCount":41},"modelVersion":"gemini-test","responseId":"r"}""" + "\r\n\r\n";

    private static string Finish(string? finish) => finish is null ? "" : $"\"finishReason\":{JsonSerializer.Serialize(finish)},";
}
