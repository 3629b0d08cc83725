using System.Collections.Frozen;
using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Which scopes a command needs.</summary>
internal static class CommandScopes
{
    private const Scope Work = Scope.SessionsWrite | Scope.ToolsRun;

    private static readonly FrozenDictionary<Type, Scope> OfCommands = new Dictionary<Type, Scope>
    {
        [typeof(ConfigureSession)] = Scope.SessionsWrite,
        [typeof(RenameSession)] = Scope.SessionsWrite,
        [typeof(ShareSession)] = Scope.SessionsWrite,
        [typeof(ResetSession)] = Scope.SessionsWrite,
        [typeof(DeleteSession)] = Scope.SessionsWrite,
        [typeof(SendMessage)] = Work,
        [typeof(EditMessage)] = Scope.SessionsWrite,
        [typeof(DeleteMessage)] = Scope.SessionsWrite,
        [typeof(CancelMessage)] = Scope.SessionsWrite,
        [typeof(RetryMessage)] = Work,
        [typeof(PauseMessage)] = Scope.SessionsWrite,
        [typeof(ResumeMessage)] = Scope.SessionsWrite,
        [typeof(RunTools)] = Scope.ToolsRun,
        [typeof(PauseBatch)] = Scope.SessionsWrite,
        [typeof(ResumeBatch)] = Scope.SessionsWrite,
        [typeof(CancelBatch)] = Scope.SessionsWrite,
        [typeof(CancelTool)] = Scope.SessionsWrite,
        [typeof(WriteInput)] = Scope.SessionsWrite,
        [typeof(ResizeTool)] = Scope.SessionsWrite,
        [typeof(SignalTool)] = Scope.SessionsWrite,
        [typeof(TakeTool)] = Scope.SessionsWrite,
        [typeof(PutProcess)] = Scope.ToolsRun,
        [typeof(StartProcess)] = Scope.ToolsRun,
        [typeof(RestartProcess)] = Scope.ToolsRun,
        [typeof(StopProcess)] = Scope.SessionsWrite,
        [typeof(RemoveProcess)] = Scope.SessionsWrite,
        [typeof(ApproveTool)] = Scope.ToolsApprove,
        [typeof(DenyTool)] = Scope.ToolsApprove,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Scope> OfOwnTypes = new Dictionary<string, Scope>(StringComparer.Ordinal)
    {
        ["session.open"] = Scope.SessionsRead,
        ["tool.details"] = Scope.SessionsRead,
        ["tool.follow"] = Scope.SessionsRead,
        ["typing"] = Scope.SessionsWrite,
        ["sessions.watch"] = Scope.SessionsRead,
        ["processes.watch"] = Scope.SessionsRead,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Refuses a command of a session. One that nobody has listed needs every scope that there is for work.</summary>
    public static Rejection? Refuse(Identity identity, SessionCommand command) => Scopes.Refuse(identity, OfCommands.GetValueOrDefault(command.GetType(), Scopes.Default) | Extra(command));

    /// <summary>Refuses a command that the gateway answers itself.</summary>
    public static Rejection? Refuse(Identity identity, string? type) => Scopes.Refuse(identity, OfOwnTypes.GetValueOrDefault(type ?? "", Scope.None));

    /// <summary>Whoever may not approve may not say either that no approval is needed.</summary>
    private static Scope Extra(SessionCommand command) =>
        command is ConfigureSession { Parameters: var parameters } && parameters.ToElement() is { ValueKind: JsonValueKind.Object } members
        && (members.TryGetProperty("approvalRequired", out _) || members.TryGetProperty("approvalGranted", out _))
            ? Scope.ToolsApprove
            : Scope.None;
}
