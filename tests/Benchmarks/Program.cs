using System.CommandLine;
using BenchmarkDotNet.Running;
using FaceGrid.Benchmarks;
using FaceGrid.Benchmarks.Codecs;
using FaceGrid.Benchmarks.Scatter;

// dotnet run -c Release --project tests/Benchmarks -- overhead | scale | churn | scatter | codecs | codec-identify | kernels
// [BenchmarkDotNet arguments]
var data = new Option<string>("--data") { Description = "Directory with LFW pictures in zip files.", Required = true };
var people = new Option<int>("--people") { Description = "Synthetic people in the gallery.", DefaultValueFactory = _ => 10_000 };
var rounds = new Option<int>("--rounds") { Description = "Measured rounds.", DefaultValueFactory = _ => 10 };
var requests = new Option<int>("--requests") { Description = "Requests per round and side.", DefaultValueFactory = _ => 80 };
var overhead = new Command("overhead", "Identify over HTTP against the same work called in process.") { data, people, rounds, requests };
overhead.SetAction(parse => Overhead.RunAsync(parse.GetRequiredValue(data), parse.GetValue(people), parse.GetValue(rounds), parse.GetValue(requests)));

var crowd = new Option<int>("--people") { Description = "Synthetic people to enrol.", DefaultValueFactory = _ => 100_000 };
var dimension = new Option<int>("--dimension") { Description = "Length of a vector.", DefaultValueFactory = _ => 128 };
var questions = new Option<int>("--requests") { Description = "Identify requests per side and number of clients.", DefaultValueFactory = _ => 2_000 };
var starts = new Option<int>("--starts") { Description = "How often the node is started again.", DefaultValueFactory = _ => 3 };
var shardPeople = new Option<int>("--shard-people") { Description = "People per shard; 0 for the node's default." };
var scale = new Command("scale", "Cost of a large gallery in a node.") { crowd, dimension, questions, starts, shardPeople };
scale.SetAction(parse => Scale.RunAsync(parse.GetValue(crowd), parse.GetValue(dimension), parse.GetValue(questions), parse.GetValue(starts), parse.GetValue(shardPeople)));

var rows = new Option<int>("--people") { Description = "People in the index.", DefaultValueFactory = _ => 1_000_000 };
var length = new Option<int>("--dimension") { Description = "Length of a vector.", DefaultValueFactory = _ => 512 };
var churn = new Command("churn", "What replacing people costs those who search.") { rows, length, rounds };
churn.SetAction(parse => Churn.RunAsync(parse.GetValue(rows), parse.GetValue(length), parse.GetValue(rounds)));

var scatter = new Command("scatter", "Identify and verify over three silos against bare grain calls.") { rounds };
scatter.SetAction(parse => ScatterCost.RunAsync(parse.GetValue(rounds)));

var photographs = new Option<string>("--data") { Description = "Directory with photographs (JPEG files).", Required = true };
var turns = new Option<int>("--rounds") { Description = "Measured rounds.", DefaultValueFactory = _ => 15 };
var codecs = new Command("codecs", "Decoding with both picture codecs, on one core.") { photographs, turns };
codecs.SetAction(parse => CodecSpeed.Run(parse.GetRequiredValue(photographs), parse.GetValue(turns)));

var codecIdentify = new Command("codec-identify", "Identify over HTTP against two nodes, one for each picture codec.")
{
    data, people, rounds, requests,
};
codecIdentify.SetAction(parse => CodecIdentify.RunAsync(
    parse.GetRequiredValue(data), parse.GetValue(people), parse.GetValue(rounds), parse.GetValue(requests)));

var kernels = new Command("kernels", "The search's inner loops, under BenchmarkDotNet; takes its arguments.") { TreatUnmatchedTokensAsErrors = false };
kernels.SetAction(parse => { BenchmarkSwitcher.FromAssembly(typeof(KernelSpeed).Assembly).Run([.. parse.UnmatchedTokens]); });

return await new RootCommand("Benchmarks of FaceGrid. Figures are ratios to a baseline of the same run.") { overhead, scale, churn, scatter, codecs, codecIdentify, kernels }.Parse(args).InvokeAsync();
