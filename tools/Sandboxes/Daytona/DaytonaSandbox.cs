using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Code;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>A sandbox of Daytona for each session.</summary>
internal sealed class DaytonaSandbox(IOptions<DaytonaOptions> options, DaytonaCommands commands, DaytonaFiles files) : ISandbox
{
    public const string Name = "daytona";

    public string Shell => "bash";

    /// <summary>A call may be the one that has to wait for the sandbox.</summary>
    public ToolDescriptor Describe(ToolDescriptor tool) => tool with
    {
        Sandbox = Name,
        TimeoutMs = tool is { StartsProcess: false, TimeoutMs: { } timeout } ? timeout + (int)(options.Value.StartTimeout + options.Value.TransferTimeout).TotalMilliseconds : tool.TimeoutMs,
    };

    public string? HomeOf(IToolContext context) => null;

    public async Task<ToolResult> RunAsync(SandboxCommand command, IToolContext context, Func<SandboxEnd, ToolResult> result, CancellationToken cancellationToken)
    {
        if (command.Terminal is not null) return ToolResult.Failure(new("terminal_unavailable", "Commands run at Daytona here, and terminals only on a silo's own host."));
        try
        {
            await context.CheckpointAsync(cancellationToken);
            var before = command.Changes is { } code ? await files.ScanAsync(context.Session, code, context.Counters, cancellationToken) : null;
            ProcessEnd? end = null;
            var run = await commands.RunAsync(command, context, Ended, cancellationToken);
            if (end is null) return run;
            return result(new(end, before is null ? FileChanges.None : await ChangesAsync(before, command.Changes!, context, cancellationToken)));

            ToolResult Ended(ProcessEnd known)
            {
                end = known;
                return ToolResult.Success(JsonText.EmptyObject, "");
            }
        }
        catch (ProviderException e)
        {
            return ToolResult.Failure(e.Error);
        }
        catch (CommandLostException e)
        {
            return ToolResult.Failure(new(ToolErrorCodes.RunnerLost, e.Message, command.Idempotent));
        }
    }

    public async Task<T> ReadAsync<T>(IToolContext context, string path, long maxBytes, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        await context.CheckpointAsync(cancellationToken);
        var (place, real, size) = await files.LocateAsync(context.Session, path, context.Counters, cancellationToken);
        if (size > maxBytes) throw FileToolException.TooLarge(path, size, maxBytes);
        return await files.DownloadAsync(place, real, maxBytes, read, context.Counters, cancellationToken);
    }

    public async Task<SandboxListing> ListAsync(IToolContext context, string path, int limit, int maxDepth, CancellationToken cancellationToken)
    {
        await context.CheckpointAsync(cancellationToken);
        return await files.ListAsync(context.Session, path, limit, maxDepth, context.Counters, cancellationToken);
    }

    public async Task<ISandboxFile> OpenForWritingAsync(IToolContext context, string path, bool create, CancellationToken cancellationToken)
    {
        await context.CheckpointAsync(cancellationToken);
        return await files.OpenForWritingAsync(context, path, create, cancellationToken);
    }

    /// <summary>A command that has ended has ended, whether its files can be looked at or not.</summary>
    private async Task<FileChanges> ChangesAsync(FoundFiles before, CodeOptions code, IToolContext context, CancellationToken cancellationToken)
    {
        try
        {
            var after = await files.ScanAsync(context.Session, code, context.Counters, cancellationToken);
            return FileChanges.Between(before.Files, after.Files, before.At, before.Incomplete || after.Incomplete);
        }
        catch (ProviderException)
        {
            return new([], true);
        }
    }
}
