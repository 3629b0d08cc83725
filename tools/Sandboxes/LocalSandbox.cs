using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Code;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Sandboxes;

/// <summary>The silo's own host: processes of ours in folders of ours.</summary>
internal sealed class LocalSandbox(CommandRuns runs, IOptions<FileToolOptions> options) : ISandbox
{
    public const string Name = "local";

    public string Shell { get; } = File.Exists("/bin/bash") ? "/bin/bash" : "/bin/sh";

    public ToolDescriptor Describe(ToolDescriptor tool) => (tool.StartsProcess ? runs.Describe(tool) : tool) with { Sandbox = Name };

    public string? HomeOf(IToolContext context) => context.Workspace;

    public async Task<ToolResult> RunAsync(SandboxCommand command, IToolContext context, Func<SandboxEnd, ToolResult> result, CancellationToken cancellationToken)
    {
        if (command.Source is { Language: var language } && !Interpreters.Exists(command.File, command.Environment["PATH"], runs.Shows))
        {
            return ToolResult.Failure(new("interpreter_missing", $"{language} is not installed on this server: there is no '{command.File}'."));
        }

        using var workspace = WorkspaceFolder.Open(context.Workspace);
        using var folder = workspace.OpenFolder(command.Folder);
        await using var source = command.Source is null ? null : await SourceFile.WriteAsync(folder, command.Source, cancellationToken);
        CommandRun run = new(new(command.File, command.Arguments, folder.RealPath, command.Environment), command.Drain, command.Input, command.Terminal, command.Started);
        if (command.Changes is null) return await runs.RunAsync(run, context, end => result(new(end, FileChanges.None)), cancellationToken);

        var changes = new WorkspaceChanges(command.Changes, cancellationToken);
        var before = changes.Look(context.Workspace);
        return await runs.RunAsync(run, context, end => result(new(end, changes.Since(before, context.Workspace, source?.WrittenAt ?? 0))), cancellationToken);
    }

    public async Task<T> ReadAsync<T>(IToolContext context, string path, long maxBytes, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var workspace = WorkspaceFolder.Open(context.Workspace);
        await using var file = workspace.OpenFile(path);
        if (file.Length > maxBytes) throw FileToolException.TooLarge(path, file.Length, maxBytes);
        context.Counters.AddBytesIn(file.Length);
        return await read(file, cancellationToken);
    }

    public Task<SandboxListing> ListAsync(IToolContext context, string path, int limit, int maxDepth, CancellationToken cancellationToken)
    {
        using var workspace = WorkspaceFolder.Open(context.Workspace);
        using var folder = workspace.OpenFolder(path);
        var listing = new Listing(limit, maxDepth, cancellationToken);
        listing.Add(folder, "", 1);
        return Task.FromResult(new SandboxListing(listing.Entries, listing.IsTruncated, listing.Skipped));
    }

    public Task<ISandboxFile> OpenForWritingAsync(IToolContext context, string path, bool create, CancellationToken cancellationToken)
    {
        using var workspace = WorkspaceFolder.Open(context.Workspace);
        var (folder, name) = workspace.OpenParent(path, create);
        return Task.FromResult<ISandboxFile>(new LocalFile(folder, name, options.Value.FlushToDisk, context.Counters));
    }

    private sealed class LocalFile(WorkspaceFolder folder, string name, bool flushToDisk, ToolCounters counters) : ISandboxFile
    {
        public string Identity { get; } = $"{folder.RealPath}/{name}";

        public async Task<bool> ReplaceAsync(ReadOnlyMemory<byte> content, Func<int, ValueTask> written, CancellationToken cancellationToken)
        {
            var created = await AtomicFile.ReplaceAsync(folder, name, content, flushToDisk, written, cancellationToken);
            counters.AddBytesOut(content.Length);
            return created;
        }

        public void Dispose() => folder.Dispose();
    }
}
