using System.Net;
using System.Net.Sockets;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Cameras.Outbound;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Outbound;

/// <summary>
/// Goal: nobody reaches by a camera or a webhook what the list does not allow, whichever way the address is written or found. Method: the
/// rules alone, names that a table resolves, and a listener on loopback.
/// </summary>
public sealed class AddressRulesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:2800:220:1::1", true)]
    [InlineData("192.168.1.20", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("fd12::1", true)]
    [InlineData("::ffff:192.168.1.20", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.8.8", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)] // NAT64 of 127.0.0.1
    [InlineData("64:ff9b::a9fe:a9fe", false)] // NAT64 of 169.254.169.254
    [InlineData("64:ff9b:1::1", false)]
    [InlineData("2002:7f00:1::", false)] // 6to4 of 127.0.0.1
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", false)] // Teredo
    [InlineData("::127.0.0.1", false)]
    [InlineData("::", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("169.254.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("fd00:ec2::254%1", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("192.0.0.192", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("ff02::1", false)]
    [InlineData("fec0::1", false)]
    public void Allows_ByDefault_PublicAndPrivateOnly(string address, bool allowed) =>
        Rules().Allows(IPAddress.Parse(address)).ShouldBe(allowed);

    [Fact]
    public void A_list_replaces_the_default_and_only_a_network_allows_the_addresses_of_clouds()
    {
        AddressRules narrow = Rules("10.20.0.0/16", "192.168.1.7", "loopback");
        narrow.Allows(IPAddress.Parse("10.20.255.1")).ShouldBeTrue();
        narrow.Allows(IPAddress.Parse("10.21.0.1")).ShouldBeFalse();
        narrow.Allows(IPAddress.Parse("192.168.1.7")).ShouldBeTrue();
        narrow.Allows(IPAddress.Parse("192.168.1.8")).ShouldBeFalse();
        narrow.Allows(IPAddress.Parse("127.0.0.1")).ShouldBeTrue();
        narrow.Allows(IPAddress.Parse("8.8.8.8")).ShouldBeFalse();

        Rules("link-local").Allows(IPAddress.Parse("169.254.3.4")).ShouldBeTrue();
        Rules("link-local").Allows(IPAddress.Parse("169.254.169.254")).ShouldBeFalse();
        Rules("169.254.169.254/32").Allows(IPAddress.Parse("169.254.169.254")).ShouldBeTrue();
    }

    [Fact]
    public void Mistakes_in_the_list_are_all_named()
    {
        var options = new OutboundOptions { Allow = { "public", "intranet", "10.0.0.1/8", "fd00::/8" } };
        string[] mistakes = [.. new OutboundOptionsValidator().Validate(null, options).Failures!];
        mistakes.Length.ShouldBe(2);
        mistakes[0].ShouldContain("'intranet'");
        mistakes[1].ShouldContain("'10.0.0.1/8'");
    }

    [Theory]
    [InlineData("http://hooks.example/a?b=c", null)]
    [InlineData("https://192.168.1.20:8123/api", null)]
    [InlineData("ftp://hooks.example/", "http:// or https://")]
    [InlineData("hooks.example", "http:// or https://")]
    [InlineData("", "http:// or https://")]
    [InlineData("http://ada:secret@hooks.example/", "user name or password")]
    [InlineData("http://127.0.0.1:5000/", "127.0.0.1")]
    [InlineData("http://127.1/", "127.0.0.1")]
    [InlineData("http://0x7f000001/", "127.0.0.1")]
    [InlineData("http://2130706433/", "127.0.0.1")]
    [InlineData("http://[::1]/", "::1")]
    [InlineData("http://[::ffff:7f00:1]/", "127.0.0.1")]
    [InlineData("http://localhost:80/", "localhost")]
    [InlineData("http://LOCALHOST./", "localhost")]
    [InlineData("http://a.localhost/", "localhost")]
    [InlineData("http://169.254.169.254/latest/meta-data", "169.254.169.254")]
    public void Complaint_ReadsAnAddressAsTheConnectionWould(string address, string? says)
    {
        string? complaint = Rules().Complaint(address, "http", "https");
        if (says is null)
        {
            complaint.ShouldBeNull();
        }
        else
        {
            complaint.ShouldNotBeNull().ShouldContain(says);
            complaint.ShouldNotContain("secret");
        }
    }

    [Fact]
    public async Task A_name_is_judged_by_what_it_stands_for_and_only_allowed_addresses_are_connected_to()
    {
        AddressRules rules = Rules(
            [], new() { ["inside.example"] = ["127.0.0.1", "169.254.169.254"], ["both.example"] = ["127.0.0.1", "192.168.1.20"] });
        (await rules.ResolveAsync("both.example", Cancel)).ShouldBe([IPAddress.Parse("192.168.1.20")]);
        (await Should.ThrowAsync<FaceGridException>(rules.ResolveAsync("inside.example", Cancel))).Code.ShouldBe(
            ErrorCodes.AddressNotAllowed);
        (await Should.ThrowAsync<SocketException>(rules.ResolveAsync("nowhere.example", Cancel))).SocketErrorCode.ShouldBe(
            SocketError.HostNotFound);

        using HttpClient client = new(rules.CreateHandler());
        HttpRequestException refused = await Should.ThrowAsync<HttpRequestException>(client.GetAsync("http://inside.example/", Cancel));
        refused.InnerException.ShouldBeOfType<FaceGridException>().Code.ShouldBe(ErrorCodes.AddressNotAllowed);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_not_followed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Task answered = AnswerAsync(
            listener, $"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        AddressRules rules = Rules(["loopback"], new() { ["hooks.example"] = ["127.0.0.1"] });
        using HttpClient client = new(rules.CreateHandler());
        using HttpResponseMessage answer = await client.GetAsync($"http://hooks.example:{port}/", Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        await answered;
        listener.Pending().ShouldBeFalse();
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancel);
        NetworkStream stream = client.GetStream();
        (await stream.ReadAsync(new byte[4096], Cancel)).ShouldBeGreaterThan(0);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), Cancel);
    }

    private static AddressRules Rules(params string[] allow) => Rules(allow, []);

    private static AddressRules Rules(string[] allow, Dictionary<string, string[]> names) => new(
        new OutboundOptions { Allow = allow },
            (host, _) => Task.FromResult<IPAddress[]>([.. names.GetValueOrDefault(host, []).Select(IPAddress.Parse)]));
}
