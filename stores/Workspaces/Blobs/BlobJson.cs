using System.Text.Json.Serialization;
using ToolRuntime.Blobs;

namespace ToolRuntime.Stores.Workspaces.Blobs;

/// <summary>How the facts of a blob are kept beside it.</summary>
[JsonSerializable(typeof(BlobInfo))]
internal sealed partial class BlobJson : JsonSerializerContext;
