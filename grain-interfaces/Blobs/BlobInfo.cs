using System.Text.Json;

namespace ToolRuntime.Blobs;

/// <summary>What a blob is.</summary>
/// <param name="FileName">For who saves it; no path.</param>
/// <param name="MediaType">By its content where that is a picture, else by its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Width">A picture's, in pixels, where its head says it.</param>
/// <param name="Height">The same.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.BlobInfo")]
public sealed record BlobInfo(string FileName, string MediaType, long Bytes, int? Width = null, int? Height = null);

/// <summary>A part of a blob.</summary>
/// <param name="Bytes">From the offset on; fewer than asked for only at its end.</param>
/// <param name="Info">What the blob is.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.BlobChunk")]
public sealed record BlobChunk(ReadOnlyMemory<byte> Bytes, BlobInfo Info)
{
    /// <summary>Most bytes of one part.</summary>
    public const int MaxBytes = 256 * 1024;
}

/// <summary>A blob that a tool has published.</summary>
public sealed record PublishedBlob(BlobId Id, BlobInfo Info)
{
    /// <summary>
    /// Writes the entry of a result's array <c>content</c> by which clients know it:
    /// <c>{type: "blob", blob, name, mediaType, bytes, width?, height?}</c>.
    /// </summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("type", "blob");
        json.WriteString("blob", Id.ToString());
        json.WriteString("name", Info.FileName);
        json.WriteString("mediaType", Info.MediaType);
        json.WriteNumber("bytes", Info.Bytes);
        if (Info.Width is { } width) json.WriteNumber("width", width);
        if (Info.Height is { } height) json.WriteNumber("height", height);
        json.WriteEndObject();
    }
}
