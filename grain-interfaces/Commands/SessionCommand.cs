using System.Text.Json.Serialization;

namespace ToolRuntime.Commands;

/// <summary>
/// A command to a session. Applied once per (subject, id), however often it is sent; see <see cref="Sessions.ISessionGrain.ExecuteAsync"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ConfigureSession), "session.configure")]
[JsonDerivedType(typeof(RenameSession), "session.rename")]
[JsonDerivedType(typeof(ShareSession), "session.share")]
[JsonDerivedType(typeof(ResetSession), "session.reset")]
[JsonDerivedType(typeof(DeleteSession), "session.delete")]
[JsonDerivedType(typeof(SendMessage), "message.send")]
[JsonDerivedType(typeof(EditMessage), "message.edit")]
[JsonDerivedType(typeof(DeleteMessage), "message.delete")]
[JsonDerivedType(typeof(CancelMessage), "message.cancel")]
[JsonDerivedType(typeof(RetryMessage), "message.retry")]
[JsonDerivedType(typeof(PauseMessage), "message.pause")]
[JsonDerivedType(typeof(ResumeMessage), "message.resume")]
[JsonDerivedType(typeof(RunTools), "tools.run")]
[JsonDerivedType(typeof(PauseBatch), "batch.pause")]
[JsonDerivedType(typeof(ResumeBatch), "batch.resume")]
[JsonDerivedType(typeof(CancelBatch), "batch.cancel")]
[JsonDerivedType(typeof(CancelTool), "tool.cancel")]
[JsonDerivedType(typeof(ApproveTool), "tool.approve")]
[JsonDerivedType(typeof(DenyTool), "tool.deny")]
[JsonDerivedType(typeof(WriteInput), "tool.input")]
[JsonDerivedType(typeof(ResizeTool), "tool.resize")]
[JsonDerivedType(typeof(SignalTool), "tool.signal")]
[JsonDerivedType(typeof(TakeTool), "tool.take")]
[JsonDerivedType(typeof(PutProcess), "process.put")]
[JsonDerivedType(typeof(StartProcess), "process.start")]
[JsonDerivedType(typeof(StopProcess), "process.stop")]
[JsonDerivedType(typeof(RestartProcess), "process.restart")]
[JsonDerivedType(typeof(RemoveProcess), "process.remove")]
[GenerateSerializer, Immutable, Alias("toolruntime.SessionCommand")]
public abstract record SessionCommand;
