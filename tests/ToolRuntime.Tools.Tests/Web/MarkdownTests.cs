using ToolRuntime.Tools.Web;

namespace ToolRuntime.Tools.Tests.Web;

public sealed class MarkdownTests
{
    private static readonly Uri Url = new("https://example.org/a/");

    [Theory]
    [InlineData("<h1>A <b>b</b></h1><p>One\n two</p><p>Three<br>four</p>", "# A **b**\n\nOne two\n\nThree\nfour")]
    [InlineData("<p>x <b> bold </b> y <i></i><em>e</em></p>", "x **bold** y *e*")]
    [InlineData("<ul><li>one<li>two<ol><li>a<li>b</ol><li><p>three</p></ul><p>end", "- one\n- two\n  1. a\n  2. b\n- three\n\nend")]
    [InlineData("<blockquote><p>q<p>r<ul><li>s</ul></blockquote>t", "> q\n>\n> r\n>\n> - s\n\nt")]
    [InlineData("<pre><code>if (a)\n  b < c;</code></pre>after", "```\nif (a)\n  b < c;\n```\n\nafter")]
    [InlineData("<p>use <code>a*b</code> or <kbd>c`d</kbd></p>", "use `a*b` or `c'd`")]
    [InlineData("<a href='/p(1)'>l <b>m</b></a> <a href='#s'><div>n</div></a>", "[l **m**](https://example.org/p%281%29) [n](https://example.org/a/#s)")]
    [InlineData("<a href='javascript:alert(1)'>x</a> <a href='data:text/html,y'>y</a> <a>z</a> <a href='/e'></a>", "x y z")]
    [InlineData("<img src='/i.png' alt='a cat'><img src='/j.png'><a href='/k'><img src='/l.png' alt='m'></a>", "[a cat](https://example.org/i.png)[m](https://example.org/k)")]
    [InlineData("<table><tr><th>a<th>b<tr><td>1<td>2|3</table>", "| a | b |\n| --- | --- |\n| 1 | 2\\|3 |")]
    [InlineData("<table><tr><td><table><tr><th>a</table><td><p>b<p>c</table>", "| a |\n| --- |\n\nb\n\nc")]
    [InlineData("<hr><p># no heading<p>- no item<p>1. none<p>*x* _y_ a_b [z] &lt;b> 1 &lt; 2", "---\n\n\\# no heading\n\n\\- no item\n\n1\\. none\n\n\\*x\\* \\_y\\_ a_b \\[z\\] \\<b> 1 < 2")]
    [InlineData("<script>a</script><p style='color: red; DISPLAY : none'>b<p hidden>c<p>d\u200B\u202Ee\U000E0041f", "def")]
    public void Read_Html_IsMarkdownThatHarmsNobody(string html, string markdown)
    {
        Assert.Equal(markdown, HtmlPage.Read(html, Url, 100_000, markdown: true, TimeProvider.System).Text);
    }

    [Fact]
    public void Read_LongOrDeep_EndsAtTheLimit()
    {
        var page = HtmlPage.Read(string.Concat(Enumerable.Repeat("<blockquote><ul><li>word ", 3_000)), Url, 1_000, markdown: true, TimeProvider.System);

        Assert.True(page.Truncated);
        Assert.InRange(page.Text.Length, 1, 1_000);
    }
}
