using FaceGrid.Abstractions.Cluster;
using FaceGrid.Gateway;
using FaceGrid.Silo;
using FaceGrid.Storage;
using FaceGrid.Vision;
using Microsoft.Extensions.Options;

// A node of the grid. With nothing configured it plays every role in one process, on one SQLite file, on loopback.
if (args is [ProductVersion.Argument])
{
    Console.WriteLine(ProductVersion.Text);
    return 0;
}

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddSettingsBesideProgram();
builder.Logging.AddNodeFilters();
try
{
    NodeOptions node = NodeConfiguration.Read(builder.Configuration);
    string[] roles = NodeConfiguration.RolesOf(node);
    builder.UseCheckedAddresses();

    await using IGridDatabase database = await DatabaseStart.OpenAsync(node, TimeProvider.System, Console.Out, CancellationToken.None);
    using FacePipeline? pipeline = roles.Contains(Roles.Embedder) ? await builder.OpenPipelineAsync() : null;

    builder.AddWarmup();
    builder.UseGrid(node, roles, database, pipeline);
    builder.Services.AddFaceGridGateway(builder.Configuration);

    await using WebApplication app = builder.Build();
    app.Services.GetRequiredService<IStartupValidator>().Validate(); // The host does so as well, and logs a stack trace.
    _ = roles.Contains(Roles.Gateway) ? app.MapFaceGridGateway() : app.MapFaceGridOperations(); // Health and metrics are on every node.
    app.PrintWhenServing(node, database, pipeline);
    await app.RunAsync();
    return Environment.ExitCode; // Code that stops the node because of a fault sets it.
}
catch (Exception failure) when (StartAdvice.For(failure) is { } advice)
{
    await Console.Error.WriteLineAsync($"FaceGrid cannot start: {advice.Sentence}");
    return advice.ExitCode;
}
