using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ToolRuntime.Tools.Processes;

/// <summary>A pseudo-terminal: a process has <see cref="Path"/> as its terminal, and this is the side where people read and type.</summary>
internal sealed class PseudoTerminal : IDisposable
{
    private const int NameBytes = 64, AttributeBytes = 64;
    private const uint Utf8Input = 0x4000;

    private readonly SafeFileHandle master;

    // Reading and writing wait each by itself, so each has a descriptor of its own.
    private readonly SafeFileHandle writing;

    // While nobody has opened it yet it would count as hung up.
    private readonly SafeFileHandle slave;

    private PseudoTerminal(SafeFileHandle master, SafeFileHandle writing, SafeFileHandle slave, string path) =>
        (this.master, this.writing, this.slave, Path) = (master, writing, slave, path);

    /// <summary>The device that the process opens.</summary>
    public string Path { get; }

    /// <summary>The process group that the terminal's keys reach; null where there is none.</summary>
    public int? ForegroundGroup
    {
        get
        {
            Span<byte> group = stackalloc byte[sizeof(int)];
            return TryControl(Libc.GetForegroundGroup, group) && BinaryPrimitives.ReadInt32LittleEndian(group) is > 1 and var id ? id : null;
        }
    }

    /// <exception cref="ProcessStartException">The system has none left.</exception>
    public static PseudoTerminal Open(TerminalSize size)
    {
        const int Flags = Libc.OpenForBoth | Libc.OpenNoControllingTerminal | Libc.OpenCloseOnExec;
        var master = Owned(Libc.OpenTerminal(Flags));
        Span<byte> name = stackalloc byte[NameBytes];
        if (Libc.GrantTerminal(master) != 0 || Libc.UnlockTerminal(master) != 0 || Libc.TerminalName(master, name, name.Length) != 0) throw Failed();
        var path = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
        var slave = Owned(Libc.Open(path, Flags));
        var writing = Owned(Libc.Control(master, Libc.DuplicateDescriptor, 3));
        if (Libc.Control(master, Libc.SetStatusFlags, Libc.OpenForBoth | Libc.OpenWithoutBlocking) != 0) throw Failed();
        var terminal = new PseudoTerminal(master, writing, slave, path);
        terminal.TakeUtf8();
        terminal.Resize(size);
        return terminal;
    }

    /// <summary>Tells the process, too, if the size is another.</summary>
    public void Resize(TerminalSize size)
    {
        Span<byte> window = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(window, (ushort)size.Rows);
        BinaryPrimitives.WriteUInt16LittleEndian(window[2..], (ushort)size.Cols);
        TryControl(Libc.SetWindowSize, window);
    }

    /// <summary>The next bytes that the process has printed; 0 once nobody has the terminal open any more.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = (int)Libc.Read(master, buffer.Span, buffer.Length);
            if (read >= 0) return read;
            if (Marshal.GetLastPInvokeError() is not (Libc.TryAgain or Libc.Interrupted)) return 0;
            await DescriptorWatch.Shared.WaitAsync(master, Readiness.ToRead, cancellationToken);
        }
    }

    /// <summary>Types; waits while the process does not read. False: nobody has the terminal open any more.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var written = (int)Libc.Write(writing, bytes.Span, bytes.Length);
            if (written > 0) bytes = bytes[written..];
            else if (Marshal.GetLastPInvokeError() is not (Libc.TryAgain or Libc.Interrupted)) return false;
            else await DescriptorWatch.Shared.WaitAsync(writing, Readiness.ToWrite, cancellationToken);
        }

        return true;
    }

    /// <summary>From now on it is hung up as soon as no process has it open.</summary>
    public void LetGo() => slave.Dispose();

    public void Dispose()
    {
        slave.Dispose();
        foreach (var side in (SafeFileHandle[])[master, writing])
        {
            if (!side.IsClosed) DescriptorWatch.Shared.Forget(side);
            side.Dispose();
        }
    }

    private static SafeFileHandle Owned(int descriptor) => descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw Failed();

    private static ProcessStartException Failed() => new(new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError()));

    // So that erasing a character in a line erases all of its bytes.
    private void TakeUtf8()
    {
        Span<byte> attributes = stackalloc byte[AttributeBytes];
        if (!TryControl(Libc.GetTerminalAttributes, attributes)) return;
        BinaryPrimitives.WriteUInt32LittleEndian(attributes, BinaryPrimitives.ReadUInt32LittleEndian(attributes) | Utf8Input);
        TryControl(Libc.SetTerminalAttributes, attributes);
    }

    private bool TryControl(uint request, Span<byte> value)
    {
        try
        {
            return Libc.ControlTerminal(master, request, value) == 0;
        }
        catch (ObjectDisposedException)
        {
            return false; // it has ended meanwhile
        }
    }
}
