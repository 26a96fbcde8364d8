// A plot of columns over time, drawn by uPlot. Loaded only by who opens the plots.

import uPlot from '../vendor/uplot/uplot.js';
import { clockMinute, count } from './format.js';
import { t } from './strings.js';

// Its styles are only needed with it.
const styles = document.createElement('link');
styles.rel = 'stylesheet';
styles.href = 'vendor/uplot/uplot.css';
document.head.append(styles);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Draws into the element: columns of numbers, the first the time in seconds, and for each of the others
 * { label, color: a token, dash, fill, bars }. Returns { update, end }.
 */
export function plot(element, series, data, unit = '') {
  const ink = (name) => resolve(element, token(name));
  const make = () => new uPlot(options(element, series, unit, ink), data, element);
  let chart = make();
  const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const recolored = () => {
    chart.destroy();
    chart = make();
  };
  resized.observe(element);
  dark.addEventListener('change', recolored);
  return {
    update(columns) {
      data = columns;
      chart.setData(columns);
    },
    end() {
      resized.disconnect();
      dark.removeEventListener('change', recolored);
      chart.destroy();
    },
  };
}

const HEIGHT = 180;

/** A canvas does not understand light-dark(): the browser says what it comes to. */
function resolve(element, color) {
  const probe = document.createElement('span');
  probe.style.color = color;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function options(element, series, unit, ink) {
  const font = `12px ${token('--font')}`;
  const axis = { stroke: ink('--quiet'), font, grid: { stroke: ink('--edge'), width: 1 }, ticks: { show: false } };
  const shown = (_, value) => (value === null || value === undefined ? '–' : `${count(value)}${unit}`);
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    legend: { markers: { width: 3 } },
    scales: { y: { range: (_, min, max) => [0, Math.max(5, max * 1.1)] } },
    axes: [
      { ...axis, size: 28, values: (_, times) => times.map((time) => clockMinute(time * 1000)) },
      { ...axis, size: 60, values: (_, values) => values.map((value) => `${count(value)}${unit}`) },
    ],
    series: [
      { value: (_, time) => (time === null ? '–' : clockMinute(time * 1000)), label: t.when },
      ...series.map(({ label, color, dash, fill, bars, value }) => ({
        label, dash, value: value ?? shown, width: 2, spanGaps: false, points: { show: !bars, size: 4 },
        stroke: ink(color), fill: fill && faint(ink(color)),
        paths: bars && uPlot.paths.bars({ size: [0.8, 20] }),
      })),
    ],
  };
}

/** The color, seen through. */
const faint = (color) => color.replace(/^rgb\((.*)\)$/, 'rgb($1 / 25%)').replaceAll(',', '');
