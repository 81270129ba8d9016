using System.CommandLine;
using BenchmarkDotNet.Running;
using FaceGrid.Benchmarks;

// dotnet run -c Release --project tests/Benchmarks -- overhead | scale | kernels [BenchmarkDotNet arguments]
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
var scale = new Command("scale", "Cost of a large gallery in a node.") { crowd, dimension, questions, starts };
scale.SetAction(parse => Scale.RunAsync(parse.GetValue(crowd), parse.GetValue(dimension), parse.GetValue(questions), parse.GetValue(starts)));

var kernels = new Command("kernels", "The search's inner loops, under BenchmarkDotNet; takes its arguments.") { TreatUnmatchedTokensAsErrors = false };
kernels.SetAction(parse => { BenchmarkSwitcher.FromAssembly(typeof(KernelSpeed).Assembly).Run([.. parse.UnmatchedTokens]); });

return await new RootCommand("Benchmarks of FaceGrid. Figures are ratios to a baseline of the same run.") { overhead, scale, kernels }.Parse(args).InvokeAsync();
