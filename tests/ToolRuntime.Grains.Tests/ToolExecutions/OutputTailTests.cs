using System.Text;
using ToolRuntime.Events;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Grains.Tests.ToolExecutions;

public sealed class OutputTailTests
{
    [Fact]
    public void ToView_FewerBytes_KeepsAll()
    {
        var view = Tail(Text("hello "), Text("wörld")).ToView();

        Assert.Equal(("hello wörld", 0, null), (view.Text, view.Offset, view.Dropped));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ä")]
    [InlineData("€")]
    [InlineData("😀")]
    [InlineData("aä€😀")]
    public void ToView_MoreBytes_KeepsTheLongestWholeEnd(string unit)
    {
        var all = new StringBuilder();
        var tail = OutputTail.Empty;
        for (var i = 0; all.Length * 2 < 400_000; i++)
        {
            var text = string.Concat(Enumerable.Repeat(unit, (i % 7 * 731) + 1));
            tail = tail.Add(new(OutputStream.Stdout, Encoding.UTF8.GetByteCount(all.ToString()), text));
            all.Append(text);
        }

        var view = tail.ToView();

        var (bytes, total) = (Encoding.UTF8.GetByteCount(view.Text), Encoding.UTF8.GetByteCount(all.ToString()));
        Assert.EndsWith(view.Text, all.ToString(), StringComparison.Ordinal);
        Assert.InRange(bytes, 65_536 - 3, 65_536);
        Assert.DoesNotContain('\uFFFD', view.Text);
        Assert.Equal(total - bytes, view.Offset);
        Assert.True(tail.Bytes <= 65_536 + 6 * 731 * Encoding.UTF8.GetByteCount(unit) + Encoding.UTF8.GetByteCount(unit), "Chunks that are cut off whole are let go.");
    }

    [Fact]
    public void Add_Base64_CountsItsRawBytesAndShowsWhatIsNoText()
    {
        var tail = Tail(Text("ab"), new ToolOutput(OutputStream.Stdout, 2, null, Convert.ToBase64String([0xEF, 0xBB, 0xBF, 0xFF, (byte)'A'])));

        Assert.Equal("ab\uFEFF\uFFFDA", tail.ToView().Text);
        Assert.Equal((7, 0), (tail.End, tail.ToView().Offset));
    }

    [Fact]
    public void Add_Dropped_AreCountedInTheNextOffset()
    {
        var tail = Tail(new ToolOutput(OutputStream.Stdout, 0, "abc", null, 100));
        Assert.Equal((103, 100, 0), (tail.End, tail.ToView().Dropped, tail.ToView().Offset));

        tail = tail.Add(new(OutputStream.Stdout, 103, null, null, 50));
        Assert.Equal((153, 150, "abc"), (tail.End, tail.ToView().Dropped, tail.ToView().Text));
    }

    [Fact]
    public void Add_ToATail_LeavesThatOneAsItIs()
    {
        var before = Tail(Text("one"));
        before.Add(new(OutputStream.Stdout, 3, "two"));

        Assert.Equal("one", before.ToView().Text);
    }

    [Fact]
    public void Modes_OfATerminal_AreThoseOfWhatIsNotShown()
    {
        var tail = Tail(Printed("\x1b[?1049h\x1b[31m"), Printed(new string('x', 70_000)), Printed("\x1b[32mgreen"));

        Assert.Equal("\x1b[?1049h\x1b[31m", tail.ToView().Modes);
        Assert.Equal("\x1b[?1049h\x1b[32m", tail.ToEnd().Modes);
        var (view, end) = (tail.ToView(), "een");
        var shorter = tail.Shorter(view, end, Encoding.UTF8.GetByteCount(view.Text) - end.Length);
        Assert.Equal((end, tail.End - end.Length, "\x1b[?1049h\x1b[32m"), (shorter.Text, shorter.Offset, shorter.Modes));
    }

    [Fact]
    public void Modes_WhereNothingIsCutOffOrOfPipes_AreNone()
    {
        Assert.Null(Tail(Printed("\x1b[31mred")).ToView().Modes);
        var pipe = Tail(Text("\x1b[31m"), Text(new string('x', 70_000)));
        Assert.Equal((null, null), (pipe.ToView().Modes, pipe.ToEnd().Modes));
    }

    private static ToolOutput Printed(string text) => new(OutputStream.Terminal, 0, text);

    private static ToolOutput Text(string text) => new(OutputStream.Stdout, 0, text);

    private static OutputTail Tail(params ToolOutput[] outputs)
    {
        var tail = OutputTail.Empty;
        foreach (var output in outputs) tail = tail.Add(output with { Offset = output.Offset == 0 ? tail.End : output.Offset });
        return tail;
    }
}
