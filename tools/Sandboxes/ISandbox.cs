using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Sandboxes;

/// <summary>Where commands run and files are: on the silo's host, or with a service. Each session has a workspace there, which paths are relative to.</summary>
internal interface ISandbox
{
    /// <summary>The program that runs command lines there.</summary>
    string Shell { get; }

    /// <summary>Adds to a tool's description where it runs, and what it takes there.</summary>
    ToolDescriptor Describe(ToolDescriptor tool);

    /// <summary>What commands have as HOME; null: what the sandbox gives them, as with all the variables that nobody asked for.</summary>
    string? HomeOf(IToolContext context);

    /// <summary>Runs a command to its end, streams its output, and ends it with the attempt.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="context">Its attempt.</param>
    /// <param name="result">What its end says; called when nothing of it runs any more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileToolException">Its folder is none, or lies outside.</exception>
    Task<ToolResult> RunAsync(SandboxCommand command, IToolContext context, Func<SandboxEnd, ToolResult> result, CancellationToken cancellationToken);

    /// <summary>Lets a regular file be read, from its beginning.</summary>
    /// <exception cref="FileToolException">There is none, it lies outside, or it is longer than <paramref name="maxBytes"/>.</exception>
    Task<T> ReadAsync<T>(IToolContext context, string path, long maxBytes, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken);

    /// <summary>What is in a folder, names in ordinal order, each folder before what is in it; links are named and never entered.</summary>
    /// <exception cref="FileToolException">There is none, or it lies outside.</exception>
    Task<SandboxListing> ListAsync(IToolContext context, string path, int limit, int maxDepth, CancellationToken cancellationToken);

    /// <summary>A file that is to be written; it need not exist yet.</summary>
    /// <param name="context">The attempt that writes.</param>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether missing folders are made.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileToolException">It can't be there.</exception>
    Task<ISandboxFile> OpenForWritingAsync(IToolContext context, string path, bool create, CancellationToken cancellationToken);
}

/// <summary>A file that is to be written.</summary>
internal interface ISandboxFile : IDisposable
{
    /// <summary>The same for every path to the same file, as far as that is known.</summary>
    string Identity { get; }

    /// <summary>Puts new content in its place at once, and says whether it is new. <paramref name="written"/> is told how many bytes are there.</summary>
    Task<bool> ReplaceAsync(ReadOnlyMemory<byte> content, Func<int, ValueTask> written, CancellationToken cancellationToken);
}

/// <summary>What is in a folder.</summary>
/// <param name="Entries">Files, folders and others.</param>
/// <param name="IsTruncated">Whether there is more.</param>
/// <param name="Skipped">How many could not be looked at.</param>
internal sealed record SandboxListing(IReadOnlyList<Listing.Entry> Entries, bool IsTruncated, int Skipped);
