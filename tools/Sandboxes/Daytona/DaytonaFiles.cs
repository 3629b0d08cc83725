using System.Globalization;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Code;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>The files of sessions' sandboxes.</summary>
internal sealed class DaytonaFiles(IOptions<DaytonaOptions> options, DaytonaSandboxes sandboxes, DaytonaHttp http)
{
    // A list of so many bytes fits into an answer, whatever JSON makes of it.
    private int MaxListBytes => options.Value.MaxAnswerBytes / 6;

    /// <summary>Where a file is, and how long.</summary>
    public Task<(SandboxPlace Place, string Path, long Size)> LocateAsync(SessionKey session, string path, ToolCounters? counters, CancellationToken cancellationToken) =>
        sandboxes.UseAsync(session, counters, async (place, toolbox) =>
        {
            var said = await toolbox.ExecuteAsync(FileScripts.Locate, cancellationToken, place.Workspace, Inside(path, place));
            var (facts, real) = Cut(said, path);
            return (place, real, facts.Size);
        }, cancellationToken);

    public Task<T> DownloadAsync<T>(SandboxPlace place, string real, long size, Func<Stream, CancellationToken, Task<T>> read, ToolCounters? counters, CancellationToken cancellationToken) =>
        sandboxes.ToolboxOf(place, counters).DownloadAsync(real, options.Value.TransferTimeout, (int)Math.Min(size, int.MaxValue), read, cancellationToken);

    /// <summary>A part of a file.</summary>
    public Task<(FileFacts Facts, byte[] Bytes)> ReadAsync(SessionKey session, string path, long offset, int count, CancellationToken cancellationToken) =>
        sandboxes.UseAsync(session, null, async (place, toolbox) =>
        {
            var first = (offset + 1).ToString(CultureInfo.InvariantCulture);
            var said = await toolbox.ExecuteAsync(FileScripts.Read, cancellationToken, place.Workspace, Inside(path, place), first, count.ToString(CultureInfo.InvariantCulture));
            var (facts, base64) = Cut(said, path);
            try
            {
                return (facts, Convert.FromBase64String(base64.Trim()));
            }
            catch (FormatException e)
            {
                throw ProviderFaults.Malformed(http.Provider, "it is no part of a file", e);
            }
        }, cancellationToken);

    public Task<SandboxListing> ListAsync(SessionKey session, string path, int limit, int maxDepth, ToolCounters? counters, CancellationToken cancellationToken) =>
        sandboxes.UseAsync(session, counters, async (place, toolbox) =>
        {
            var (depth, most) = (maxDepth.ToString(CultureInfo.InvariantCulture), MaxListBytes.ToString(CultureInfo.InvariantCulture));
            var said = await toolbox.ExecuteAsync(FileScripts.List, cancellationToken, place.Workspace, Inside(path, place), depth, most);
            if (!said.StartsWith("folder\n", StringComparison.Ordinal)) throw Refusal(said, path, folder: true);
            return FoundFiles.List(said["folder\n".Length..], limit, maxDepth);
        }, cancellationToken);

    /// <summary>The files that a program's changes are found by, and the sandbox's time.</summary>
    public Task<FoundFiles> ScanAsync(SessionKey session, CodeOptions code, ToolCounters? counters, CancellationToken cancellationToken) =>
        sandboxes.UseAsync(session, counters, async (place, toolbox) =>
        {
            string[] arguments = [place.Workspace, MaxListBytes.ToString(CultureInfo.InvariantCulture), .. WorkspaceChanges.Own];
            return FoundFiles.Read(await toolbox.ExecuteAsync(FileScripts.Scan, cancellationToken, arguments), code.MaxScanned, MaxListBytes);
        }, cancellationToken);

    public Task<ISandboxFile> OpenForWritingAsync(IToolContext context, string path, bool create, CancellationToken cancellationToken) =>
        sandboxes.UseAsync<ISandboxFile>(context.Session, context.Counters, async (place, toolbox) =>
        {
            var inside = Inside(path, place);
            if (inside.Length == 0) throw FileToolException.NotAFile(path);
            var said = await toolbox.ExecuteAsync(FileScripts.MayWrite, cancellationToken, place.Workspace, inside, create ? "yes" : "no");
            if (!said.StartsWith("ok /", StringComparison.Ordinal)) throw Refusal(said, path);
            return new DaytonaFile($"{context.Session}:{said[3..]}", (content, written, token) => ReplaceAsync(context, path, create, content, written, token));
        }, cancellationToken);

    // Uploaded beside and renamed; done again, both do the same.
    private Task<bool> ReplaceAsync(IToolContext context, string path, bool create, ReadOnlyMemory<byte> content, Func<int, ValueTask> written, CancellationToken cancellationToken) =>
        sandboxes.UseAsync(context.Session, context.Counters, async (place, toolbox) =>
        {
            var temporary = $".toolruntime-{Guid.NewGuid():N}.tmp";
            await toolbox.UploadAsync($"{place.Workspace}/{temporary}", content, options.Value.TransferTimeout, written, cancellationToken);
            var said = await toolbox.ExecuteAsync(FileScripts.Replace, cancellationToken, place.Workspace, Inside(path, place), temporary, create ? "yes" : "no");
            return said.Trim() switch
            {
                "created" => true,
                "replaced" => false,
                _ => throw Refusal(said, path),
            };
        }, cancellationToken);

    private static string Inside(string path, SandboxPlace place) => string.Join('/', WorkspacePath.Split(path, place.Workspace));

    /// <summary>The line that tells of a file, and what follows.</summary>
    private (FileFacts Facts, string Text) Cut(string said, string path)
    {
        var end = said.IndexOf('\n', StringComparison.Ordinal);
        var words = end < 0 ? [] : said[..end].Split(' ');
        if (words is not ["file", var size, var changed, var version]) throw Refusal(said, path);
        return long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && long.TryParse(changed, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? (new(bytes, DateTimeOffset.FromUnixTimeSeconds(seconds), $"{version}-{size}"), said[(end + 1)..])
            : throw Refusal(said, path);
    }

    private Exception Refusal(string said, string path, bool folder = false) => said.Trim() switch
    {
        "outside" => FileToolException.Outside(path),
        "missing" => FileToolException.NotFound(path),
        "other" => folder ? FileToolException.NotAFolder(path) : FileToolException.NotAFile(path),
        "notfolder" => FileToolException.NotAFolder(path),
        "denied" => new FileToolException(new("permission_denied", "The sandbox denies it.")),
        _ => ProviderFaults.Malformed(http.Provider, "it does not say what became of the file"),
    };

    private sealed class DaytonaFile(string identity, Func<ReadOnlyMemory<byte>, Func<int, ValueTask>, CancellationToken, Task<bool>> replace) : ISandboxFile
    {
        public string Identity => identity;

        public Task<bool> ReplaceAsync(ReadOnlyMemory<byte> content, Func<int, ValueTask> written, CancellationToken cancellationToken) => replace(content, written, cancellationToken);

        public void Dispose()
        {
        }
    }
}

/// <summary>What is known of a file.</summary>
internal sealed record FileFacts(long Size, DateTimeOffset ChangedAt, string Version);
