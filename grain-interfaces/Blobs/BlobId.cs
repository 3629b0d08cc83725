namespace ToolRuntime.Blobs;

/// <summary>A blob: <c>session:execution:name</c>. Its bytes never change.</summary>
/// <param name="Session">The session that it belongs to: who may see that may see it.</param>
/// <param name="Execution">The execution that published it.</param>
/// <param name="Name">Random, unique.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.BlobId")]
public readonly record struct BlobId(string Session, string Execution, string Name)
{
    /// <summary>A new one.</summary>
    public static BlobId New(SessionKey session, string execution) => new(session.Session, execution, $"{Guid.NewGuid():N}");

    /// <summary>Reads an id as clients have it.</summary>
    public static bool TryParse(string text, out BlobId id)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':');
        id = parts.Length == 3 ? new(parts[0], parts[1], parts[2]) : default;
        return parts.Length == 3 && parts.All(EntityId.IsValid);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Session}:{Execution}:{Name}";
}
