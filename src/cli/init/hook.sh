#!/bin/sh
exec hushlint hook
