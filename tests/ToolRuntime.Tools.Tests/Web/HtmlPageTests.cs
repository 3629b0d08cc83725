using ToolRuntime.Tools.Web;

namespace ToolRuntime.Tools.Tests.Web;

public sealed class HtmlPageTests
{
    private static readonly Uri Url = new("http://site.test/folder/page");

    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a<br>b<br><br>c", "a\nb\nc")]
    [InlineData("<p>a<p>b", "a\n\nb")]
    [InlineData("<p>a&nbsp;b &amp; c&lt;", "a\u00a0b & c<")]
    [InlineData("a<b>b</b>c <i> d</i>", "abc d")]
    [InlineData("<div>a</div><div>b</div>", "a\nb")]
    [InlineData("<pre>  a\n   b</pre>c", "  a\n   b\n\nc")]
    [InlineData("<table><tr><td>a<td>b<tr><th>c</th> <td>d</table>", "a | b\nc | d")]
    [InlineData("<ol><li>a<li><p>b</p></ol>", "- a\n- b")]
    [InlineData("<ul><li></li><li>b</ul>", "-\n- b")]
    [InlineData("<h2>Title</h2>text", "## Title\n\ntext")]
    [InlineData("<script>x</script><style>y</style><noscript>z</noscript><svg><text>w</text></svg><template>v</template>a", "a")]
    [InlineData("<!-- no --><p hidden>no</p><img alt='a cat'>", "a cat")]
    [InlineData("<p>a</div></p></span><b>c", "a\n\nc")]
    [InlineData("<table>x<tr>y<td>z", "xy\n\nz")]
    [InlineData("<a href='x'><p>b</a>c", "bc")]
    [InlineData("\0<p", "")]
    [InlineData("<frameset><frame src=x></frameset>", "")]
    public void Read_Html_IsTextAsItIsShown(string html, string text) => Assert.Equal(text, Read(html).Text);

    [Fact]
    public void Read_Headings_HaveLevelAndText() =>
        Assert.Equal([(1, "One two"), (3, "Three")], Read("<h1>One\n<em>two</em></h1><h2> </h2><h3>Three").Headings);

    [Fact]
    public void Read_Links_AreAbsoluteOnceAndOnTheWeb() => Assert.Equal(
        [("a", "http://site.test/folder/x"), ("b", "https://other.test/")],
        Read("<a href=x>a</a><a href=./x>again</a><a href=https://other.test>b</a><a href=mailto:c@d>c</a><a href='javascript:x'>d</a><a name=e>e</a><a href='http://['>f</a>").Links);

    [Fact]
    public void Read_Base_CountsForLinks() =>
        Assert.Equal("http://site.test/else/x", Read("<base href=/else/><a href=x>a</a>").Links[0].Url);

    [Theory]
    [InlineData("<div>")]
    [InlineData("<ul><li>")]
    [InlineData("<b><i><u><div>x</b>")]
    public void Read_NestedWithoutEnd_IsGivenUpInTime(string piece)
    {
        var html = string.Concat(Enumerable.Repeat(piece, 2_000_000 / piece.Length));

        var page = HtmlPage.Read(html, Url, 100_000, markdown: false, new Clock(step: 1));

        Assert.True(page.Truncated);
    }

    [Fact]
    public void Read_NestedDeep_ReadsWhatIsInside() =>
        Assert.Equal("inside", Read(string.Concat(Enumerable.Repeat("<div>", 5_000)) + "inside").Text);

    private static HtmlPage Read(string html) => HtmlPage.Read(html, Url, 100_000, markdown: false, new Clock(step: 0));

    /// <summary>A clock on which each look takes so many seconds.</summary>
    private sealed class Clock(int step) : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => now += step;
    }
}
