using FaceGrid.Tests.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Pages;

/// <summary>Goal: operators, and nobody else, see the Orleans dashboard where it is asked for. Method: a real node, plain requests, and a real Chromium with the key.</summary>
public sealed class DashboardTests
{
    private static readonly (string Key, string Value)[] Node =
        [("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("FaceGrid__Roles__2", "gateway"), .. Keys.Settings, ("FaceGrid__Gateway__ApiKeys__0__Permissions__0", "Monitor")];

    [Fact]
    public async Task It_asks_for_the_key_and_shows_no_rows()
    {
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, [.. Node, ("FaceGrid__Gateway__Dashboard", "true")]);
        (await Keys.StatusAsync(node, "/dashboard", key: null)).ShouldBe(401);
        (await Keys.StatusAsync(node, "/dashboard", Keys.Key)).ShouldBe(200);
        foreach (string path in new[] { "/dashboard/", "/dashboard/index.min.js", "/dashboard/DashboardCounters", "/dashboard/ClusterStats" })
        {
            (await Keys.StatusAsync(node, path, key: null)).ShouldBe(401, path);
            (await Keys.StatusAsync(node, path, "wrong")).ShouldBe(401, path);
            (await Keys.StatusAsync(node, path, key: null, password: "wrong")).ShouldBe(401, path);
            (await Keys.StatusAsync(node, path, Keys.Key)).ShouldBe(200, path);
            (await Keys.StatusAsync(node, path, key: null, password: Keys.Key)).ShouldBe(200, path);
        }

        (await Keys.StatusAsync(node, "/dashboard/GrainState?grainId=1&grainType=person", Keys.Key)).ShouldBe(404);
        (await Keys.StatusAsync(node, "/dashboard/Trace", Keys.Key)).ShouldBe(403);
        (await Keys.StatusAsync(node, "/v1/galleries", Keys.Key)).ShouldBe(403, "the key may only monitor");
        (await Keys.StatusAsync(node, "/metrics", Keys.Key)).ShouldBe(200);
        // A browser sends a password by itself, so only pages that change nothing take one.
        (await Keys.StatusAsync(node, "/v1/galleries", key: null, password: Keys.Key)).ShouldBe(401);
        (await Keys.StatusAsync(node, "/metrics", key: null, password: Keys.Key)).ShouldBe(401);
    }

    [Fact]
    public async Task It_is_not_there_unless_it_is_asked_for()
    {
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, Node);
        (await Keys.StatusAsync(node, "/dashboard", Keys.Key)).ShouldBe(404);
        (await Keys.StatusAsync(node, "/dashboard/DashboardCounters", Keys.Key)).ShouldBe(404);
    }

    [Fact]
    public async Task A_browser_shows_it_after_asking_for_the_key()
    {
        string? chromium = new[] { Environment.GetEnvironmentVariable("FACEGRID_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        if (chromium is null)
        {
            TestData.Skip("needs Chromium: install it or set FACEGRID_CHROMIUM to its path");
        }

        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, [.. Node, ("FaceGrid__Gateway__Dashboard", "true")]);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"], Timeout = 120_000 });
        await using IBrowserContext context = await browser.NewContextAsync(new() { HttpCredentials = new HttpCredentials { Username = "operator", Password = Keys.Key } });
        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000); // Two cores may run clusters besides.
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(new Uri(node.Http.BaseAddress!, "dashboard").ToString(), new() { WaitUntil = WaitUntilState.Commit });
        await page.GetByText("Total Activations").First.WaitForAsync();
        if (Environment.GetEnvironmentVariable("FACEGRID_SCREENSHOTS") is { Length: > 0 } screenshots)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(screenshots, "dashboard.png") });
        }

        complaints.ShouldBeEmpty();
    }
}
