using System.Buffers;
using System.Text;
using System.Text.Json;
using ToolRuntime.Sessions;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Grains.Tests.Sessions;

public sealed class SessionStoreTests
{
    private static readonly byte[] Snapshot = SessionReplay.Save(new SessionState { Head = 7, Title = "\"<é>\" \\ ⚙" });

    [Fact]
    public void Serialize_Snapshot_IsStoredAsTheJsonThatItIs()
    {
        var written = new ArrayBufferWriter<byte>();
        StateSerializer.Serialize(written, new SessionStore { Epoch = "e", Seq = 7, State = Snapshot });

        Assert.Contains(Encoding.UTF8.GetString(Snapshot), Encoding.UTF8.GetString(written.WrittenSpan), StringComparison.Ordinal);
        var read = StateSerializer.Deserialize<SessionStore>(written.WrittenSpan);
        Assert.Equal(("e", 7L), (read.Epoch, read.Seq));
        Assert.Equal(Snapshot, read.State);
    }

    [Fact]
    public void Serialize_SnapshotAsDeepAsItMayBe_IsUnderstood()
    {
        var deep = Encoding.UTF8.GetBytes(new string('[', WireJson.MaxDepth) + new string(']', WireJson.MaxDepth));
        var written = new ArrayBufferWriter<byte>();
        StateSerializer.Serialize(written, new SessionStore { State = deep });

        Assert.Equal(deep, StateSerializer.Deserialize<SessionStore>(written.WrittenSpan).State);
    }

    [Fact]
    public void Serialize_NoSnapshot_IsNoneAgain()
    {
        var written = new ArrayBufferWriter<byte>();
        StateSerializer.Serialize(written, new SessionStore());

        Assert.Empty(StateSerializer.Deserialize<SessionStore>(written.WrittenSpan).State);
    }

    [Fact]
    public void Deserialize_SnapshotAsText_IsStillUnderstood()
    {
        var older = JsonSerializer.SerializeToUtf8Bytes(new { Epoch = "e", Seq = 7, State = Snapshot });

        Assert.Equal(Snapshot, StateSerializer.Deserialize<SessionStore>(older).State);
    }
}
