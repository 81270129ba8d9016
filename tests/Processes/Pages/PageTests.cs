using System.Net.Http.Json;
using FaceGrid.Tests.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Pages;

/// <summary>Goal: the gateway's pages work for a person in front of them. Method: a real node, a real Chromium (<c>FACEGRID_CHROMIUM</c>, or the one of the system).</summary>
public sealed class PageTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _complaints = [];
    private NodeProcess? _node;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        string? chromium = new[] { Environment.GetEnvironmentVariable("FACEGRID_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        if (chromium is null)
        {
            TestData.Skip("needs Chromium: install it or set FACEGRID_CHROMIUM to its path");
        }

        _node = await NodeProcess.StartAsync(
            _directory.Path, ("FACEGRID_MODELS", TestData.Models), ("FaceGrid__CameraSources__VideoDirectory", Path.Combine(TestData.Pictures, "video")));
        _playwright = await Playwright.CreateAsync();
        // A container's root may not use the sandbox; the pages are our own.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"], Timeout = 120_000 });
        _page = await _browser.NewPageAsync();
        _page.SetDefaultTimeout(60_000); // Two cores may run clusters besides.
        _page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add(message.Text);
            }
        };
        _page.PageError += (_, error) => _complaints.Add(error);
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        await (_node?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Dispose();
    }

    [Fact]
    public async Task The_start_page_enrols_and_identifies()
    {
        (string first, string second) = TwoPortraits();
        await _page.GotoAsync(_node!.Http.BaseAddress!.ToString(), new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await _page.FillAsync("#enrol [name=person]", "ada");
        await _page.FillAsync("#enrol [name=name]", "Ada <b>Lovelace</b>");
        await _page.SetInputFilesAsync("#enrol [name=picture]", first);
        await _page.ClickAsync("#enrol button");
        await _page.GetByText("Enrolled ada.").WaitForAsync();

        await _page.SetInputFilesAsync("#identify [name=picture]", second);
        await _page.ClickAsync("#identify button");
        ILocator row = _page.Locator("#answer tr").Nth(1);
        await row.WaitForAsync();
        (await row.InnerTextAsync()).ShouldStartWith("1\tmatch\tAda <b>Lovelace</b>\t");
        (await _page.Locator("#canvas").IsVisibleAsync()).ShouldBeTrue();
        _complaints.ShouldBeEmpty();

        await File.WriteAllTextAsync(first, "no picture", TestContext.Current.CancellationToken);
        await _page.SetInputFilesAsync("#identify [name=picture]", first);
        await _page.ClickAsync("#identify button");
        await _page.Locator("#message.problem").WaitForAsync();
        (await _page.Locator("#canvas").IsVisibleAsync()).ShouldBeFalse("the answer before is no longer shown");
        await ShootAsync("start");
    }

    [Fact]
    public async Task The_start_page_lets_one_choose_among_several_faces()
    {
        await _page.GotoAsync(_node!.Http.BaseAddress!.ToString(), new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await _page.FillAsync("#enrol [name=person]", "one-of-the-family");
        await _page.SetInputFilesAsync("#enrol [name=picture]", Path.Combine(TestData.Pictures, "group", "obama_family.jpg"));
        await _page.ClickAsync("#enrol button");
        await _page.Locator("#answer button").Nth(1).WaitForAsync();
        (await _page.Locator("#message").InnerTextAsync()).ShouldContain("Which one");
        (await _page.Locator("#canvas").IsVisibleAsync()).ShouldBeTrue();
        await ShootAsync("choose");

        await _page.Locator("#answer button").Nth(1).ClickAsync();
        await _page.GetByText("Enrolled one-of-the-family.").WaitForAsync();
        (await _page.Locator("#answer button").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_reference_shows_the_api()
    {
        // Five megabytes of script: what is waited for is what it shows.
        await _page.GotoAsync(new Uri(_node!.Http.BaseAddress!, "docs").ToString(), new() { WaitUntil = WaitUntilState.Commit });
        try
        {
            await _page.GetByText("Recognition").First.WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = 60_000 });
        }
        finally
        {
            await ShootAsync("docs");
        }

        _complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_live_page_shows_cameras_with_names_and_sightings_with_pictures()
    {
        Ffmpeg.Require();
        const string Person = "v1/galleries/default/people/aniston";
        foreach (int number in (int[])[1, 3, 6, 7, 16, 17])
        {
            await Portraits.PostAsync(_node!, $"{Person}/faces", Portraits.Read($"Jennifer_Aniston_00{number:00}.jpg"));
        }

        (await _node!.Http.PutAsJsonAsync(Person, new { name = "Jennifer <i>Aniston</i>" })).EnsureSuccessStatusCode();
        await _page.GotoAsync(new Uri(_node.Http.BaseAddress!, "live").ToString(), new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await _page.GetByText("There is no camera yet").WaitForAsync();

        (await _node.Http.PutAsJsonAsync("v1/cameras/cabin", new { name = "Cabin", source = new { kind = "video", address = "file:friends1.mp4" }, keepPicture = true })).EnsureSuccessStatusCode();
        (await _node.Http.PutAsJsonAsync("v1/cameras/stage", new { name = "Stage", source = new { kind = "video", address = "file:short_hamilton_clip.mp4" } })).EnsureSuccessStatusCode();
        await _page.Locator("canvas[aria-label*='Jennifer <i>Aniston</i>']").WaitForAsync();
        ILocator row = _page.Locator("#sightings li.match").Filter(new() { HasText = "Jennifer <i>Aniston</i>" });
        await row.WaitForAsync();
        await row.Locator("img[src^='blob:']").WaitForAsync();
        await _page.Locator("#sightings li.unknown").First.WaitForAsync();
        (await row.CountAsync()).ShouldBe(1, "one visit, however often the clip begins again");
        await _page.Locator("canvas[aria-label*='Jennifer <i>Aniston</i>']").WaitForAsync(); // For the picture: after a jump of the clip she is nobody for a moment.
        await ShootAsync("live");
        _complaints.ShouldBeEmpty();

        // Nobody is named on the page any more who was deleted, on the picture or in the list; the browser may complain of a picture that is gone.
        (await _node.Http.DeleteAsync(Person)).EnsureSuccessStatusCode();
        await row.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await _page.Locator("canvas[aria-label*='Aniston'], canvas[aria-label*='aniston']").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await _page.Locator("#sightings").InnerTextAsync()).ShouldNotContain("aniston", Case.Insensitive);

        // By an event. The browser complains of a frame that is gone, too.
        await _node.Http.DeleteAsync("v1/cameras/cabin");
        await _page.Locator("#sightings li.ended").Filter(new() { HasText = "cabin" }).First.WaitForAsync();
        await _page.Locator("figure").Filter(new() { HasText = "Cabin" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    // For the eyes of whoever works on the pages.
    private async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("FACEGRID_SCREENSHOTS") is { Length: > 0 } directory)
        {
            await _page.ScreenshotAsync(new() { Path = Path.Combine(directory, name + ".png"), FullPage = true });
        }
    }

    private (string First, string Second) TwoPortraits()
    {
        using System.IO.Compression.ZipArchive zip = System.IO.Compression.ZipFile.OpenRead(Path.Combine(TestData.Pictures, "lfw", "lfw_raw250_view2.zip"));
        string Extract(string name)
        {
            string path = Path.Combine(_directory.Path, name);
            using Stream entry = zip.Entries.First(candidate => candidate.FullName.EndsWith(name, StringComparison.Ordinal)).Open();
            using FileStream file = File.Create(path);
            entry.CopyTo(file);
            return path;
        }

        return (Extract("Aaron_Peirsol_0001.jpg"), Extract("Aaron_Peirsol_0003.jpg"));
    }
}
