using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>What an entry of a workspace is.</summary>
internal enum EntryKind
{
    File,
    Folder,
    Link,
}

/// <summary>One file, folder or link.</summary>
/// <param name="Path">Relative to the workspace, as <see cref="EntryName"/> writes it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permissions, set-id bits and the sticky bit; of links none.</param>
/// <param name="Changed">When it was changed, in nanoseconds since 1970.</param>
/// <param name="Size">Bytes of a file.</param>
/// <param name="Hash">A file's SHA-256 in lower hexadecimal digits, which names its object.</param>
/// <param name="Target">Where a link points to.</param>
internal sealed record ManifestEntry(
    string Path, EntryKind Kind, int Mode, long Changed, long Size = 0, string? Hash = null, string? Target = null);

/// <summary>
/// All of a workspace. Writing it is what saves; everything it names is there before it is written and stays as long as it is.
/// </summary>
/// <param name="Version">Of this format.</param>
/// <param name="Holder">Who may write the next one.</param>
/// <param name="Entries">Each folder before what is in it.</param>
internal sealed record Manifest(int Version, string Holder, ImmutableArray<ManifestEntry> Entries)
{
    private const int Current = 1;

    public static Manifest Of(string holder, ImmutableArray<ManifestEntry> entries) => new(Current, holder, entries);

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.Manifest);

    /// <exception cref="WorkspaceStoreException">It is none that this version can read.</exception>
    public static async Task<Manifest> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        try
        {
            var type = ManifestJson.Default.Manifest;
            var read = await JsonSerializer.DeserializeAsync(content, type, cancellationToken).ConfigureAwait(false);
            if (read is { Version: Current, Entries.IsDefault: false } && read.Entries.All(IsUsable)) return read;
            throw new WorkspaceStoreException(
                WorkspaceFault.Damaged,
                read is { Version: not Current }
                    ? $"The workspace was saved by another version (format {read.Version})."
                    : "The saved workspace's list is damaged.");
        }
        catch (JsonException exception)
        {
            throw new WorkspaceStoreException(WorkspaceFault.Damaged, "The saved workspace's list is damaged.", exception);
        }
    }

    private static bool IsUsable(ManifestEntry entry) => EntryName.IsInside(entry.Path) && entry.Kind switch
    {
        EntryKind.File => entry.Hash is { Length: 64 } hash && hash.All(char.IsAsciiHexDigitLower),
        EntryKind.Link => !string.IsNullOrEmpty(entry.Target),
        _ => true,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
