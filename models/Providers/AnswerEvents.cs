using System.Buffers;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ToolRuntime.Models.Providers;

/// <summary>An answer's events: those of its stream, or its one document where a server did not stream.</summary>
internal static class AnswerEvents
{
    private const string Done = "[DONE]";

    /// <summary>Each event's JSON; null for <c>[DONE]</c>.</summary>
    /// <exception cref="ModelException">The server reports an error.</exception>
    public static async IAsyncEnumerable<JsonElement?> ReadAsync(
        HttpResponseMessage response,
        AnswerStream body,
        ProviderOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(body, new(leaveOpen: true));
        if (await IsDocumentAsync(pipe, response, cancellationToken))
        {
            await foreach (var part in DocumentAsync(pipe, options, cancellationToken)) yield return part;
            yield return null;
            yield break;
        }

        await foreach (var item in SseParser.Create(pipe.AsStream()).EnumerateAsync(cancellationToken))
        {
            body.BeginEvent();
            var data = item.Data.Trim();
            if (data.Length == 0) continue;
            if (data == Done) yield return null;
            else yield return Checked(item, options);
        }
    }

    private static JsonElement Checked(SseItem<string> item, ProviderOptions options)
    {
        JsonElement json;
        try
        {
            json = item.Json();
        }
        catch (IOException) when (item.EventType == "error")
        {
            throw ProviderErrors.InStream(JsonSerializer.SerializeToElement(item.Data), options);
        }

        return Checked(item.EventType, json, options);
    }

    private static JsonElement Checked(string kind, JsonElement json, ProviderOptions options) =>
        ProviderErrors.Find(kind, json) is { } error ? throw ProviderErrors.InStream(error, options) : json;

    /// <summary>Whether the answer is one JSON document, whatever it is called.</summary>
    /// <exception cref="ModelException">It is a page.</exception>
    private static async Task<bool> IsDocumentAsync(PipeReader pipe, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var first = First(read.Buffer);
            pipe.AdvanceTo(read.Buffer.Start, first is null ? read.Buffer.End : read.Buffer.Start);
            if (first == '<') throw Page(response.Content.Headers.ContentType?.MediaType);
            if (first is not null || read.IsCompleted) return first is '{' or '[';
        }
    }

    private static ModelException Page(string? type) =>
        new(new(ToolErrorCodes.ModelFailed, $"The model's server answered with {type ?? "a page"}, not with an answer."));

    private static char? First(ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes)
        {
            foreach (var b in part.Span)
            {
                if (b is not ((byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t' or 0xEF or 0xBB or 0xBF)) return (char)b;
            }
        }

        return null;
    }

    private static async IAsyncEnumerable<JsonElement?> DocumentAsync(
        PipeReader pipe, ProviderOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(pipe.AsStream());
        var root = Checked(new(await reader.ReadToEndAsync(cancellationToken)), options);
        if (root.ValueKind != JsonValueKind.Array) yield return root;
        else foreach (var part in root.EnumerateArray()) yield return Checked("message", part, options);
    }
}
